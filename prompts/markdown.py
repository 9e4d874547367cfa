"""Jinja for Markdown files: whatever people wrote is escaped, so that it reads as they wrote it and formats nothing.

For files that Preflight hands out. A template is laid out as the file shall look; knows no message and no playbook.
"""

import re
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.domain.answers import GONE
from prompts.english import counted, mid_sentence, number
from prompts.filters import mark, status_word
from prompts.markup import cleaned, one_line

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~]|&(?=#?\w+;))")
_AT_THE_START = re.compile(r"\A(\s*)(?:(?=[-+=])|(\d+)(?=[.)](?:\s|\Z)))")
_MANY_EMPTY_LINES = re.compile(r"\n{3,}")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_ADDRESS_IN_WORDS = re.compile(r"(https?://[^\s<>|\"']*[^\s<>|\"'.,;:!?)\]])")
_LINKED_BY_READERS = re.compile(r"(?i)(?<=[a-z])(?=://)|(?<=\bwww)(?=\.)")
"""Where readers of Markdown would begin a link by themselves; it would lead to the escaped address, which is another one."""
_HARD_BREAK = "  \n"


class Markdown(str):
    """Text that already is Markdown, made by us. Anything else is escaped first."""

    __slots__ = ()


def escape(text: str) -> str:
    """Return Markdown that shows exactly this line; addresses in it lead where they say."""
    parts = _ADDRESS_IN_WORDS.split(cleaned(text))
    shown = (address(part) if index % 2 else _plain(part) for index, part in enumerate(parts))
    return _AT_THE_START.sub(r"\1\2\\", "".join(shown))


def _plain(text: str) -> str:
    return _LINKED_BY_READERS.sub(r"\\", _SPECIAL.sub(r"\\\1", text))


def quoted(text: str) -> Markdown:
    """Return words of several lines as a quotation, line by line as they were written."""
    lines = [escape(_indented(line)) for line in cleaned(text).splitlines()]
    return Markdown(_HARD_BREAK.join(f"> {line}".rstrip() for line in lines))


def _indented(line: str) -> str:
    """Return a line whose indentation is no Markdown: four spaces would make it code."""
    words = line.expandtabs(4).rstrip()
    return "\u00a0" * (len(words) - len(words.lstrip())) + words.lstrip()


def address(url: str) -> Markdown:
    """Return a web address as a link that leads where it says; anything else as text that nobody makes a link of."""
    line = one_line(url)
    if _ADDRESS.fullmatch(line) is None:
        return Markdown(escape(line))
    if not leads_where_it_says(line):
        return Markdown(_plain(line))
    there = line.removesuffix(GONE)
    return Markdown(f"<{there}>" if there == line else f"<{there}> (deleted)")


def leads_where_it_says(url: str) -> bool:
    """Whether it is an address whose host is plain to see: no name before it, no letters that look like others, no backslash."""
    if _ADDRESS.fullmatch(url) is None:
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and parts.netloc.isascii() and not set(parts.netloc) & {"@", "\\"}


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
        moment=moment, number=number, quoted=quoted, status_word=status_word,
    )  # fmt: skip
    return made


def rendered(folder: Path, template: str, facts: dict[str, Any]) -> str:
    """Return the file that a template ("exports/report.md.jinja") makes of these facts."""
    text = _environment(folder).get_template(template).render(facts)
    return _MANY_EMPTY_LINES.sub("\n\n", text).strip() + "\n"
