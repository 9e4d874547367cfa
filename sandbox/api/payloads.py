"""Checking what an app sends before the workspace takes it: text, blocks, metadata, views.

The verdicts on blocks and views are the validator's; this file turns them into Slack's error codes.
"""

import json
from typing import Any

from sandbox.api.call import Call
from sandbox.copies import copied
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State
from sandbox.validator import problems_of_message, problems_of_view

TEXT_LIMIT = 40_000
METADATA_LIMIT = 3_000


def content_of(call: Call) -> Json:
    """`text`, `blocks`, `attachments` and `metadata` of a message, checked; only what was given."""
    content: Json = {}
    text = call.maybe_text("text")
    blocks = _list_of_dicts(call.nested("blocks", "invalid_blocks_format"), "invalid_blocks_format")
    attachments = _list_of_dicts(call.nested("attachments", "invalid_attachments"), "invalid_attachments")
    metadata = metadata_of(call)
    if text is not None:
        content["text"] = text[:TEXT_LIMIT]
    if blocks is not None:
        content["blocks"] = blocks
    if attachments:
        content["attachments"] = [{"id": number, **one} for number, one in enumerate(attachments, start=1)]
    refuse_broken_message({name: value for name, value in content.items() if value})
    refuse_unknown_blocks(call.state, content, "invalid_blocks")
    if metadata is not None:
        content["metadata"] = metadata
    return copied(content)


def refuse_broken_message(content: Json) -> None:
    problems = problems_of_message(content)
    if problems:
        raise SlackRefusalError(
            "invalid_blocks",
            errors=problems,
            response_metadata={"messages": [f"[ERROR] {p}" for p in problems]},
        )


def refuse_unknown_blocks(state: State, content: Json, error: str) -> None:
    """Refuse the kinds of block that somebody switched off, as a workspace does that does not have them."""
    kinds = [str(block.get("type")) for block in content.get("blocks") or ()]
    refused = [
        f"unsupported type: {kind} [json-pointer:/blocks/{place}/type]"
        for place, kind in enumerate(kinds)
        if kind in state.refused_blocks
    ]
    if refused:
        raise SlackRefusalError(
            error, response_metadata={"messages": [f"[ERROR] {problem}" for problem in refused]}
        )


def metadata_of(call: Call) -> Json | None:
    metadata = call.nested("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise SlackRefusalError("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise SlackRefusalError("invalid_metadata_format")
    if len(json.dumps(metadata)) > METADATA_LIMIT:
        raise SlackRefusalError("metadata_too_large")
    return metadata


def view_of(call: Call) -> Json:
    """The `view` argument, checked."""
    view = call.nested("view", "invalid_arguments")
    if view is None:
        raise SlackRefusalError(
            "invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view"]}
        )
    refuse_broken_view(view)
    refuse_unknown_blocks(call.state, view, "invalid_arguments")
    return dict(copied(view))


def refuse_broken_view(view: Any) -> None:
    if len(json.dumps(view, ensure_ascii=False).encode()) > 250_000:
        raise SlackRefusalError("view_too_large")
    problems = problems_of_view(view)
    if problems:
        raise SlackRefusalError(
            "invalid_arguments",
            response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]},
        )


def _list_of_dicts(value: Any, error: str) -> list[Json] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise SlackRefusalError(error)
    return value
