"""`python -m bot report`: the full report of a pilot on the screen or in a file, without Slack.

Reads the database beside a running Preflight and changes nothing. User groups stay ids here, because only Slack knows their names.
"""

import difflib
from typing import TYPE_CHECKING

from bot.command_line import CommandRefused, look_up
from bot.settings import Settings

if TYPE_CHECKING:
    from prompts.library import Library
    from storage.transaction import Tx


def written(settings: Settings, name: str) -> str:
    """Return the report as Markdown; CommandRefused names what is missing."""
    from prompts.library import Library

    library = Library.load(settings.playbook)
    return look_up(settings, lambda tx: _report(tx, library, name))


def _report(tx: "Tx", library: "Library", name: str) -> str:
    from bot.desk import Desk, Rooms
    from bot.domain.values import PREFLIGHT, Occasion
    from bot.portfolio.report import report

    known: list[str] = []
    for workspace in tx.workspaces.all():
        pilot = tx.pilots.named(workspace.workspace_id, name) or tx.pilots.retired_named(
            workspace.workspace_id, name
        )
        if pilot:
            at = Occasion(workspace_id=workspace.workspace_id, actor_id=PREFLIGHT, now=tx.now)
            return report(Desk(tx, at, library, Rooms()), pilot.id, {}).content
        known += [one.name for one in tx.pilots.all_active(workspace.workspace_id)]
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean “{close[0]}”?" if close else "Names are in `/pilot list`."
    raise CommandRefused(f"There is no pilot called “{name}”. {hint}")
