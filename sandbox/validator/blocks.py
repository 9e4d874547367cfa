"""Blocks: their fields, their limits, and the surfaces each may stand on.

`data_table` and `data_visualization` are taken in messages and on the Home tab. `markdown`, `table`, `context_actions`,
`container`, `plan` and `task_card` are for messages, `alert` is for modals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .charts import check_chart_block
from .elements import (
    IN_ACTIONS,
    IN_CARD,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    check_element,
    check_picture,
)
from .findings import Place
from .rich_text import check_rich_text
from .shapes import (
    Json,
    count_words,
    is_object,
    is_one_of,
    items_of,
    keys_are,
    optional_flag,
    optional_string,
    string_fits,
)
from .tables import check_data_table, check_table
from .texts import EITHER, PLAIN, check_text, optional_text


def _section(place: Place, block: Json) -> None:
    keys_are(place, block, "type", "text fields accessory block_id expand")
    if block.get("text") is None and block.get("fields") is None:
        place.refuse("must provide either text or fields")
    optional_text(place, block, "text", 3000)
    optional_flag(place, block, "expand")
    for spot, text in items_of(place, block, "fields", 10):
        check_text(spot, text, 2000)
    if block.get("accessory") is not None:
        check_element(place.at("accessory"), block["accessory"], IN_SECTION)


def _header(place: Place, block: Json) -> None:
    keys_are(place, block, "type text", "block_id level")
    optional_text(place, block, "text", 150, PLAIN)


def _divider(place: Place, block: Json) -> None:
    keys_are(place, block, "type", "block_id")


def _context(place: Place, block: Json) -> None:
    keys_are(place, block, "type elements", "block_id")
    for spot, element in items_of(place, block, "elements", 10):
        if isinstance(element, dict) and element.get("type") in EITHER:
            check_text(spot, element)
        else:
            check_element(spot, element, {"image"})


def _actions(place: Place, block: Json) -> None:
    keys_are(place, block, "type elements", "block_id")
    for spot, element in items_of(place, block, "elements", 25):
        check_element(spot, element, IN_ACTIONS)


def _context_actions(place: Place, block: Json) -> None:
    keys_are(place, block, "type elements", "block_id")
    for spot, element in items_of(place, block, "elements", 5):
        check_element(spot, element, IN_CONTEXT_ACTIONS)


def _image(place: Place, block: Json) -> None:
    keys_are(place, block, "type alt_text", "image_url slack_file title block_id")
    check_picture(place, block)
    optional_text(place, block, "title", 2000, PLAIN)


def _input(place: Place, block: Json) -> None:
    keys_are(place, block, "type label element", "dispatch_action hint optional block_id")
    optional_text(place, block, "label", 2000, PLAIN)
    optional_text(place, block, "hint", 2000, PLAIN)
    optional_flag(place, block, "dispatch_action", "optional")
    place.count("input")
    if block.get("element") is not None:
        check_element(place.at("element"), block["element"], IN_INPUT)


def _markdown(place: Place, block: Json) -> None:
    keys_are(place, block, "type text", "block_id")
    if block.get("text") is None or not string_fits(block["text"], place.at("text"), 12_000):
        return
    count_words(place, block["text"])
    if place.count("markdown characters", len(block["text"])) > 12_000:
        place.at("text").refuse("no more than 12000 characters allowed over all markdown blocks")


def _alert(place: Place, block: Json) -> None:
    keys_are(place, block, "type text", "level block_id")
    optional_text(place, block, "text", 3000)
    is_one_of(place, block, "level", "default", "info", "warning", "error", "success")


def _card(place: Place, block: Json) -> None:
    keys_are(place, block, "type", "hero_image icon title subtitle body actions block_id")
    if all(block.get(key) is None for key in ("hero_image", "title", "actions", "body")):
        place.refuse("must provide at least one of hero_image, title, actions or body")
    optional_text(place, block, "title", 150)
    optional_text(place, block, "subtitle", 150)
    optional_text(place, block, "body", 200)
    for key in ("hero_image", "icon"):
        if block.get(key) is not None:
            check_element(place.at(key), block[key], {"image"})
    for spot, element in items_of(place, block, "actions", 25):
        check_element(spot, element, IN_CARD)


def _carousel(place: Place, block: Json) -> None:
    keys_are(place, block, "type elements", "block_id")
    for spot, card in items_of(place, block, "elements", 10):
        check_block(spot, card, only={"card"})


def _container(place: Place, block: Json) -> None:
    optional = "title rich_text_title subtitle width icon is_collapsible default_collapsed has_header_divider block_id"
    keys_are(place, block, "type child_blocks", optional)
    if block.get("title") is None and block.get("rich_text_title") is None:
        place.refuse("must provide either title or rich_text_title")
    optional_text(place, block, "title", 150, PLAIN)
    optional_text(place, block, "subtitle", 150)
    if block.get("rich_text_title") is not None:
        check_rich_text(place.at("rich_text_title"), block["rich_text_title"])
    if block.get("icon") is not None:
        check_element(place.at("icon"), block["icon"], {"image"})
    is_one_of(place, block, "width", "narrow", "standard", "wide", "full")
    optional_flag(place, block, "is_collapsible", "default_collapsed", "has_header_divider")
    if block.get("is_collapsible") is True and block.get("has_header_divider") is True:
        place.at("has_header_divider").refuse("cannot be set on a collapsible container")
    for spot, child in items_of(place, block, "child_blocks", 10):
        check_block(spot, child, only=set(RULES) - {"container", "carousel", "plan"})


def _task_card(place: Place, block: Json) -> None:
    keys_are(place, block, "type task_id title status", "details output sources block_id")
    optional_string(place, block, "title", 3000)
    count_words(place, block.get("title"))
    is_one_of(place, block, "status", "pending", "in_progress", "complete", "error")
    for key in ("details", "output"):
        if block.get(key) is not None:
            check_rich_text(place.at(key), block[key])


def _plan(place: Place, block: Json) -> None:
    keys_are(place, block, "type title", "tasks block_id")
    optional_string(place, block, "title", 3000)
    count_words(place, block.get("title"))
    for spot, task in items_of(place, block, "tasks", 50):
        check_block(spot, task, only={"task_card"})


_EVERYWHERE = {"message", "modal", "home"}
RULES: dict[str, tuple[Callable[[Place, Json], None], set[str]]] = {
    "section": (_section, _EVERYWHERE),
    "header": (_header, _EVERYWHERE),
    "divider": (_divider, _EVERYWHERE),
    "context": (_context, _EVERYWHERE),
    "actions": (_actions, _EVERYWHERE),
    "image": (_image, _EVERYWHERE),
    "input": (_input, _EVERYWHERE),
    "rich_text": (check_rich_text, _EVERYWHERE),
    "card": (_card, _EVERYWHERE),
    "carousel": (_carousel, {"message", "home"}),
    "data_table": (check_data_table, {"message", "home"}),
    "data_visualization": (check_chart_block, {"message", "home"}),
    "markdown": (_markdown, {"message"}),
    "table": (check_table, {"message"}),
    "context_actions": (_context_actions, {"message"}),
    "container": (_container, {"message"}),
    "plan": (_plan, {"message"}),
    "task_card": (_task_card, {"message"}),
    "alert": (_alert, {"modal"}),
}


def check_block(place: Place, block: Any, only: set[str] | None = None) -> None:
    if not is_object(block, place):
        return
    kind = block.get("type")
    if not isinstance(kind, str) or kind not in RULES or (only is not None and kind not in only):
        place.at("type").refuse(f"unsupported type: {kind}")
        return
    rule, surfaces = RULES[kind]
    if place.surface not in surfaces:
        place.at("type").refuse(f"{kind} is not allowed in a {place.surface}")
        return
    rule(place, block)
    block_id = block.get("block_id")
    if block_id is None or not string_fits(block_id, place.at("block_id"), 255):
        return
    if block_id in place.inspection.block_ids:
        place.at("block_id").refuse(f'block_id "{block_id}" already exists for another block')
    place.inspection.block_ids.add(block_id)
