"""Whole messages and views: how many blocks, how many characters, and what a modal needs to be submitted.

What Slack answers without looking at blocks (no channel, no text at all, a dead trigger) is not judged here.
"""

from __future__ import annotations

import json
from typing import Any

from .blocks import check_block
from .findings import Inspection, Place, Problem, Surface
from .shapes import MESSAGE_CHARACTERS, Json, is_object, items_of, keys_are, optional_flag, optional_string
from .texts import PLAIN, optional_text

BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
MESSAGE_BLOCK_CHARACTERS = 13_200
MESSAGE_TEXT = 40_000
VIEW_BYTES = 250_000

_VIEW_EXTRAS = (
    "private_metadata callback_id external_id clear_on_close notify_on_close submit_disabled "
    # Slack adds these to the views that it hands out; an app that echoes a view back is not refused for them.
    "id team_id app_id app_installed_team_id bot_id hash state root_view_id previous_view_id blocks_refresh"
)


def blocks_problems(blocks: Any, surface: Surface = "message") -> list[Problem]:
    inspection = Inspection(surface)
    _check_blocks(inspection.root(), {"blocks": blocks}, BLOCKS_IN_MESSAGE)
    return inspection.problems


def message_problems(message: Any) -> list[Problem]:
    inspection = Inspection("message")
    place = inspection.root()
    if not is_object(message, place):
        return inspection.problems
    optional_string(place, message, "text", MESSAGE_TEXT, shortest=0)
    _check_blocks(place, message, BLOCKS_IN_MESSAGE)
    for spot, attachment in items_of(place, message, "attachments", 100, least=0):
        if is_object(attachment, spot):
            _check_blocks(spot, attachment, BLOCKS_IN_MESSAGE)
    if not message.get("text") and not message.get("blocks") and not message.get("attachments"):
        place.refuse("must provide text or blocks")
    return inspection.problems


def view_problems(view: Any) -> list[Problem]:
    if not isinstance(view, dict):
        return [Problem("/", "must be an object")]
    kind = view.get("type")
    if kind not in ("modal", "home"):
        return [Problem("/type", f"unsupported type: {kind}")]
    inspection = Inspection("modal" if kind == "modal" else "home")
    place = inspection.root()
    if kind == "modal":
        keys_are(place, view, "type title blocks", f"submit close {_VIEW_EXTRAS}")
    else:
        keys_are(place, view, "type blocks", f"title submit close {_VIEW_EXTRAS}")
    _check_view_fields(place, view)
    _check_blocks(place, view, BLOCKS_IN_VIEW)
    if kind == "modal" and inspection.counts["input"] and view.get("submit") is None:
        place.at("submit").refuse("must be set when the view has an input block")
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        place.refuse(f"must be less than {VIEW_BYTES} bytes")
    return inspection.problems


def _check_view_fields(place: Place, view: Json) -> None:
    for key in ("title", "submit", "close"):
        if view["type"] == "home" and view.get(key) is not None:
            place.at(key).refuse("is not allowed on a Home tab")
        else:
            optional_text(place, view, key, 24, PLAIN)
    optional_string(place, view, "private_metadata", 3000, shortest=0)
    optional_string(place, view, "callback_id", 255, shortest=0)
    optional_string(place, view, "external_id", 255, shortest=0)
    optional_flag(place, view, "clear_on_close", "notify_on_close", "submit_disabled")


def _check_blocks(place: Place, owner: Json, most: int) -> None:
    least = 0 if place.surface == "message" else 1
    for spot, block in items_of(place, owner, "blocks", most, least):
        check_block(spot, block)
    characters = place.inspection.counts[MESSAGE_CHARACTERS]
    if place.surface == "message" and characters > MESSAGE_BLOCK_CHARACTERS:
        place.at("blocks").refuse(
            f"msg_blocks_too_long: no more than {MESSAGE_BLOCK_CHARACTERS} characters allowed over all blocks"
        )
