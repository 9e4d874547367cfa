"""Jinja for HTML files: autoescape is on, so that whatever people wrote is shown as they wrote it and nothing more.

For files that Preflight hands out. They are whole by themselves: no script, nothing that is fetched. Knows no message and no
playbook.
"""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.domain.answers import GONE
from prompts.english import counted, mid_sentence, number, start_sentence
from prompts.filters import mark, status_word
from prompts.markdown import day, leads_where_it_says, moment
from prompts.markup import cleaned, one_line


def address(url: str) -> Markup:
    """Return a web address as a link that leads where it says; anything else as text."""
    line = one_line(url)
    there = line.removesuffix(GONE)
    if not leads_where_it_says(there):
        return escape(line)
    link = Markup('<a href="{0}" rel="noreferrer noopener">{0}</a>').format(there)
    return link if there == line else link + " (deleted)"


def _shown(value: object) -> object:
    """Return what is shown; what already is HTML, made by us, stays."""
    if value is None:
        return ""
    if isinstance(value, Markup):
        return value
    return cleaned(number(value) if isinstance(value, Decimal) else str(value))


@cache
def _environment(folder: Path) -> Environment:
    made = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        finalize=_shown,
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        address=address, counted=counted, day=day, mark=mark, mid_sentence=mid_sentence, moment=moment, number=number,
        start_sentence=start_sentence, status_word=status_word,
    )  # fmt: skip
    return made


def rendered(folder: Path, template: str, facts: dict[str, Any]) -> str:
    """Return the file that a template ("exports/report.html.jinja") makes of these facts."""
    return "".join(_environment(folder).get_template(template).generate(facts))
