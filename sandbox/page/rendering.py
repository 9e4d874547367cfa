"""Blocks, messages and views to HTML, through the Jinja2 templates beside it.

Everything is escaped unless it was made here: autoescape is on and the only markup comes from the renderers of this
package. A block that cannot be drawn is shown as its JSON, so that nothing is silently missing.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError
from markupsafe import Markup

from sandbox.state import Json

from .charts import chart
from .emoji import emoji
from .frame import Frame
from .markdown import markdown
from .mrkdwn import is_safe_address, leading_home, mrkdwn, plain, text_object
from .reader import Reader
from .rich_text import rich_text, words_of

_EMOJI_NAME = re.compile(r":([a-z0-9_+\-]+):")
TEMPLATES = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "leading_home": leading_home,
        "plain": plain,
        "plain_words": _plain_words,
        "pretty_json": pretty_json,
    }
    env.globals |= {
        "text": text_object,
        "mrkdwn": mrkdwn,
        "rich_text": rich_text,
        "markdown": markdown,
        "chart": chart,
        "safe_address": is_safe_address,
        "cell": _cell,
        "offered": _offered,
        "sort_value": _sort_value,
        "is_numeric_column": _is_numeric_column,
    }
    return env


def render_blocks(blocks: Any, frame: Frame) -> Markup:
    """All blocks of a message or view. The caller has decided who reads and where they stand."""
    module: Any = environment().get_template("blocks.html").module
    drawn = []
    for block in blocks if isinstance(blocks, list) else []:
        try:
            drawn.append(module.block(block, frame))
        except (UndefinedError, AttributeError, KeyError, TypeError, ValueError, IndexError):
            # Seeded by hand or by a fault: the validator has not seen it. Showing it helps more than failing the page.
            drawn.append(Markup('<pre class="code-block undrawn">{}</pre>').format(pretty_json(block)))
    return Markup("").join(drawn)


def render_message_body(message: Json, frame: Frame) -> Markup:
    """Blocks where there are some, else the text."""
    if message.get("blocks"):
        return render_blocks(message["blocks"], frame)
    words = str(message.get("text", ""))
    if not words:
        return Markup("")
    return Markup('<div class="block text">{}</div>').format(mrkdwn(words, frame.reader))


def pretty_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _plain_words(thing: Any) -> str:
    """A text object where only characters may stand: in an option or a placeholder."""
    return _EMOJI_NAME.sub(lambda match: emoji(match[1]) or match[0], str(thing.get("text", "")))


def _offered(element: Json, reader: Reader) -> list[tuple[str, str]]:
    """The (value, words) pairs that a menu offers; people and channels come from the workspace."""
    kind = str(element.get("type"))
    if "users" in kind:
        return [(user["id"], reader.name_of(user["id"])) for user in reader.colleagues()]
    if "channels" in kind or "conversations" in kind:
        channels = [(channel["id"], f"#{channel['name']}") for channel in reader.known_channels()]
        wanted = (element.get("filter") or {}).get("include")
        if "channels" in kind or (wanted and "im" not in wanted):
            return channels
        return channels + [(user["id"], f"@{reader.name_of(user['id'])}") for user in reader.colleagues()]
    groups = element.get("option_groups") or [element]
    return [
        (str(option["value"]), _plain_words(option["text"]))
        for group in groups
        for option in group.get("options") or ()
    ]


def _cell(cell: Json, reader: Reader) -> Markup:
    """A table cell of any kind."""
    if cell.get("type") == "rich_text":
        return rich_text(cell, reader)
    if cell.get("type") == "raw_number" and not cell.get("text"):
        return Markup("{}").format(f"{cell.get('value', ''):,}")
    return plain(str(cell.get("text", "")))


def _sort_value(cell: Json) -> str:
    if cell.get("type") == "raw_number":
        return str(cell.get("value", ""))
    return (
        words_of(cell).casefold() if cell.get("type") == "rich_text" else str(cell.get("text", "")).casefold()
    )


def _is_numeric_column(rows: list[list[Json]], index: int) -> bool:
    """Slack sorts a column as numbers when all its cells are."""
    return all(len(row) > index and row[index].get("type") == "raw_number" for row in rows)
