"""What is written about the shape of an export is what its models hold."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from bot.exports.exported import Portfolio
from bot.exports.reported import PilotReport
from bot.exports.spreadsheets import ITEM_COLUMNS, PILOT_COLUMNS, TREND_COLUMNS

DOCUMENT = Path(__file__).parents[2] / "docs" / "export.md"


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Return the models that a type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def all_models(root: type[BaseModel], known: dict[str, type[BaseModel]]) -> dict[str, type[BaseModel]]:
    """Return a model and all that it holds, by name."""
    if root.__name__ not in known:
        known[root.__name__] = root
        for field in root.model_fields.values():
            for model in models_in(field.annotation):
                all_models(model, known)
    return known


def test_every_field_is_written_down_and_nothing_that_is_not_there() -> None:
    models = all_models(PilotReport, all_models(Portfolio, {}))
    fields = {name for model in models.values() for name in model.model_fields}
    text = (
        DOCUMENT.read_text(encoding="utf-8")
        .split("## The shape of the JSON")[1]
        .split("## What the trends")[0]
    )
    table = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    assert set(re.findall(r"`([a-z_]+)`", table)) == fields


def test_columns_have_names_of_their_own() -> None:
    for columns in (ITEM_COLUMNS, PILOT_COLUMNS, TREND_COLUMNS):
        assert len(set(columns)) == len(columns)
