"""Block Kit as plain values: which block, which button. Words come from templates; limits are Slack's.

Values, not SDK models: rendering a summary this way is about a hundred times faster, and the tests validate every
message that the product can build.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from bot.domain.messages import Block, Body
from bot.domain.text import cut_markup
from prompts.markup import cut_for_plain
from prompts.words import Words

SECTION_TEXT = 3000
HEADER_TEXT = 150
BUTTON_TEXT = 75
NOTIFICATION_TEXT = 3000
CONTEXT_TEXT = 2000
REASON_LENGTH = 1000
CELL_TEXT = 200

Style = Literal["primary", "danger"]


def mrkdwn(text: str, limit: int = SECTION_TEXT) -> Block:
    """Return a mrkdwn text object; `text` is already escaped."""
    return {"type": "mrkdwn", "text": cut_markup(text, limit), "verbatim": True}


def plain(text: str, limit: int) -> Block:
    """Return a plain_text object; nothing in it is markup."""
    return {"type": "plain_text", "text": cut_for_plain(text, limit), "emoji": True}


def section(text: str, block_id: str, accessory: Block | None = None) -> Block:
    """Return a paragraph, with at most one control beside it."""
    block: Block = {"type": "section", "block_id": block_id, "text": mrkdwn(text)}
    if accessory:
        block["accessory"] = accessory
    return block


def header(text: str, block_id: str) -> Block:
    """Return a title line."""
    return {"type": "header", "block_id": block_id, "text": plain(text, HEADER_TEXT)}


def context(text: str, block_id: str) -> Block:
    """Return a line in small grey type."""
    return {"type": "context", "block_id": block_id, "elements": [mrkdwn(text, CONTEXT_TEXT)]}


def divider(block_id: str) -> Block:
    """Return a thin line."""
    return {"type": "divider", "block_id": block_id}


def actions(elements: Sequence[Block], block_id: str) -> Block:
    """Return a row of controls."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def one_of(action_id: str, key: str) -> str:
    """Return the id of a control that stands more than once in a message; the router reads up to the colon."""
    return f"{action_id}:{key}"


def button(
    text: str,
    action_id: str,
    value: str = "",
    *,
    style: Style | None = None,
    url: str | None = None,
    confirm: Block | None = None,
) -> Block:
    """Return a button; its value holds ids only."""
    element: Block = {"type": "button", "action_id": action_id, "text": plain(text, BUTTON_TEXT)}
    if value:
        element["value"] = value
    if style:
        element["style"] = style
    if url:
        element["url"] = url
    if confirm:
        element["confirm"] = confirm
    return element


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    """Return the question that Slack asks before a button counts."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


class Choice(NamedTuple):
    """One entry of a menu or select."""

    text: str
    value: str
    hint: str = ""
    """Stands below the entry in small type."""


def option(choice: Choice) -> Block:
    """Return an option object."""
    block: Block = {"text": plain(choice.text, BUTTON_TEXT), "value": choice.value}
    if choice.hint:
        block["description"] = plain(choice.hint, BUTTON_TEXT)
    return block


def overflow(action_id: str, choices: Iterable[Choice]) -> Block:
    """Return the three dots with up to five entries."""
    return {"type": "overflow", "action_id": action_id, "options": [option(choice) for choice in choices]}


class Stands(NamedTuple):
    """An entry of a menu that stands for another control: choosing it is as good as pressing that button."""

    text: str
    action_id: str
    value: str


MORE = "more"
"""The menu whose entries stand for other controls; the router goes by the entry that was chosen."""


def more(entries: Iterable[Stands], key: str = "") -> Block:
    """Return the three dots with up to five controls that would be too many buttons; `key` where a message holds several."""
    choices = [Choice(one.text, f"{one.action_id} {one.value}") for one in entries]
    return overflow(one_of(MORE, key) if key else MORE, choices)


def text_input(
    action_id: str,
    *,
    placeholder: str = "",
    initial: str = "",
    multiline: bool = False,
    max_length: int = 3000,
) -> Block:
    """Return a field for words."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": max_length,
    }
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    if initial:
        element["initial_value"] = initial[:max_length]
    return element


def static_select(action_id: str, choices: Sequence[Choice], *, initial: str | None = None) -> Block:
    """Return a menu of fixed entries."""
    return _one_of_several("static_select", action_id, choices, initial)


def radio_buttons(action_id: str, choices: Sequence[Choice], *, initial: str | None = None) -> Block:
    """Return entries of which one counts, all in sight; ten at most."""
    return _one_of_several("radio_buttons", action_id, choices, initial)


def checkboxes(action_id: str, choices: Sequence[Choice], *, initial: Collection[str] = ()) -> Block:
    """Return entries of which several count, all in sight; ten at most."""
    return _some_of_several("checkboxes", action_id, choices, initial)


def multi_static_select(action_id: str, choices: Sequence[Choice], *, initial: Collection[str] = ()) -> Block:
    """Return a menu of fixed entries of which several count; a hundred at most."""
    return _some_of_several("multi_static_select", action_id, choices, initial)


def grouped_select(
    action_id: str, groups: Sequence[tuple[str, Sequence[Choice]]], *, initial: str | None = None
) -> Block:
    """Return a menu whose entries stand under titles: a hundred titles with a hundred entries each."""
    element: Block = {
        "type": "static_select",
        "action_id": action_id,
        "option_groups": [
            {"label": plain(title, BUTTON_TEXT), "options": [option(choice) for choice in choices]}
            for title, choices in groups
        ],
    }
    every = (choice for _, choices in groups for choice in choices)
    chosen = next((option(choice) for choice in every if choice.value == initial), None)
    if chosen:
        element["initial_option"] = chosen
    return element


def _one_of_several(kind: str, action_id: str, choices: Sequence[Choice], initial: str | None) -> Block:
    element: Block = {"type": kind, "action_id": action_id, "options": [option(c) for c in choices]}
    chosen = next((option(choice) for choice in choices if choice.value == initial), None)
    if chosen:
        element["initial_option"] = chosen
    return element


def _some_of_several(kind: str, action_id: str, choices: Sequence[Choice], initial: Collection[str]) -> Block:
    element: Block = {"type": kind, "action_id": action_id, "options": [option(c) for c in choices]}
    chosen = [option(choice) for choice in choices if choice.value in initial]
    if chosen:
        element["initial_options"] = chosen
    return element


def number_input(action_id: str, *, initial: Decimal | None = None) -> Block:
    """Return a field for a figure; Slack lets nothing else in."""
    element: Block = {"type": "number_input", "action_id": action_id, "is_decimal_allowed": True}
    if initial is not None:
        element["initial_value"] = format(initial, "f")
    return element


def url_input(action_id: str, *, initial: str = "", placeholder: str = "") -> Block:
    """Return a field for one address."""
    element: Block = {"type": "url_text_input", "action_id": action_id}
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    if initial:
        element["initial_value"] = initial
    return element


def users_select(action_id: str, *, initial: str | None = None, placeholder: str = "") -> Block:
    """Return a menu of the people of the workspace."""
    element: Block = {"type": "users_select", "action_id": action_id}
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    if initial:
        element["initial_user"] = initial
    return element


def datepicker(action_id: str, *, initial: date | None = None, placeholder: str = "") -> Block:
    """Return a calendar to choose a day from."""
    element: Block = {"type": "datepicker", "action_id": action_id}
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    if initial:
        element["initial_date"] = initial.isoformat()
    return element


def cell(text: str, *, bold: bool = False) -> Block:
    """Return a cell of a table; nothing in it is markup."""
    if not bold:
        return {"type": "raw_text", "text": cut_for_plain(text, CELL_TEXT)}
    word = {"type": "text", "text": cut_for_plain(text, CELL_TEXT), "style": {"bold": True}}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [word]}]}


def table(rows: Sequence[Sequence[Block]], block_id: str, *, wrapped: int = 0) -> Block:
    """Return a table whose first row is its head; a message holds one, and a form none. Its first columns may wrap."""
    return {
        "type": "table",
        "block_id": block_id,
        "column_settings": [{"is_wrapped": True} for _ in range(wrapped)],
        "rows": [list(row) for row in rows],
    }


def field(
    label: str,
    element: Block,
    block_id: str,
    *,
    hint: str = "",
    optional: bool = False,
    tells_at_once: bool = False,
) -> Block:
    """Return one labelled input of a form; one that tells at once is heard of before the form is submitted."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2000),
        "element": element,
        "optional": optional,
    }
    if tells_at_once:
        block["dispatch_action"] = True
    if hint:
        block["hint"] = plain(hint, 2000)
    return block


def modal(
    callback_id: str,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str | None,
    close: str,
    private: str = "",
) -> dict[str, Any]:
    """Return a modal view; `private` travels with it and comes back on submit (ids only)."""
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "close": plain(close, 24),
        "blocks": list(blocks),
        "private_metadata": private,
    }
    if submit:
        view["submit"] = plain(submit, 24)
    return view


def reason_form(words: Words, callback_id: str, private: str) -> dict[str, Any]:
    """Return the form that asks for a reason in a sentence or two; every template of one has the same blocks."""
    reason = text_input(
        "reason", placeholder=words.plain("reason_placeholder"), multiline=True, max_length=REASON_LENGTH
    )
    return modal(
        callback_id,
        words.plain("title"),
        [
            section(words.mrkdwn("intro"), "intro"),
            field(words.plain("reason_label"), reason, "reason", hint=words.plain("reason_hint")),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=private,
    )


def message(text: str, blocks: Sequence[Block | None], instead: Sequence[Block | None] | None = None) -> Body:
    """Return a message; `text` is what notifications and screen readers say.

    `instead` stands in for all of its blocks where Slack refuses them: give it with charts and sortable tables.
    """
    body: Body = {"text": cut_markup(text, NOTIFICATION_TEXT), "blocks": [block for block in blocks if block]}
    if instead is not None:
        body["instead"] = [block for block in instead if block]
    return body
