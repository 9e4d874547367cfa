"""Jinja for Markdown files: whatever people wrote is escaped, so that it reads as they wrote it and formats nothing.

For files that Preflight hands out. A template is laid out as the file shall look; knows no message and no playbook.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from prompts.english import counted, mid_sentence, number
from prompts.filters import mark, status_word
from prompts.markup import cleaned, one_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_AT_THE_START = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)
_MANY_EMPTY_LINES = re.compile(r"\n{3,}")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


class Markdown(str):
    """Text that already is Markdown, made by us. Anything else is escaped first."""

    __slots__ = ()


def escape(text: str) -> str:
    """Return Markdown that shows exactly this text."""
    return _AT_THE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", cleaned(text)))


def quoted(text: str) -> Markdown:
    """Return words of several lines as a quotation."""
    return Markdown("\n".join(f"> {escape(line)}" for line in cleaned(text).splitlines()))


def address(url: str) -> Markdown:
    """Return a web address as a link that leads where it says; anything else as text."""
    line = one_line(url)
    plain = _ADDRESS.fullmatch(line) is not None
    return Markdown(f"<{line}>") if plain else Markdown(escape(line))


def day(when: datetime) -> str:
    """Return "2026-11-23", which every reader and spreadsheet understands."""
    return when.date().isoformat()


def moment(when: datetime) -> str:
    """Return a day and an hour in UTC."""
    return f"{when:%Y-%m-%d %H:%M} UTC"


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Markdown):
        return value
    return escape(one_line(number(value) if isinstance(value, Decimal) else str(value)))


@cache
def _environment(folder: Path) -> Environment:
    made = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        finalize=_shown,
        autoescape=False,  # noqa: S701 - no HTML: `finalize` escapes for Markdown
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(
        address=address, counted=counted, day=day, mark=mark, mid_sentence=mid_sentence,
        moment=moment, quoted=quoted, status_word=status_word,
    )  # fmt: skip
    return made


def rendered(folder: Path, template: str, facts: dict[str, Any]) -> str:
    """Return the file that a template ("portfolio/report.md.jinja") makes of these facts."""
    text = _environment(folder).get_template(template).render(facts)
    return _MANY_EMPTY_LINES.sub("\n\n", text).strip() + "\n"


def rows(cells: Iterable[Iterable[object]]) -> Markdown:
    """Return the rows of a table, each cell on one line."""
    lines = ("| " + " | ".join(_shown(cell) for cell in row) + " |" for row in cells)
    return Markdown("\n".join(lines))
