"""Runs the migrations on a connection that `storage.database.migrate` hands over, or, for whoever writes a new one, on the
database named by `-x url=`. It must not commit by itself: a migration that fails leaves nothing behind.
"""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from storage import columns, database, tables


def _plain_types(kind: str, thing: Any, _: Any) -> str | Literal[False]:
    """Write a migration in the database's types: what it did must not change when our column types do."""
    if kind == "type" and isinstance(thing, columns.Words | columns.Listed | columns.Document):
        return "sa.Text()"
    if kind == "type" and isinstance(thing, columns.UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=True,  # SQLite alters a table by making it anew
        render_item=_plain_types,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    url = context.get_x_argument(as_dictionary=True).get("url", database.DEFAULT_URL)
    engine = database.write_engine(database.parse(url))
    with engine.connect() as own, database.begin_writing(own):
        _run(own)
    engine.dispose()
