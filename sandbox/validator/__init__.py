"""Says what Slack would refuse in a message, a view or bare blocks, before anything is sent.

Pure: a payload goes in, sentences come out, all of them at once, each with a JSON pointer. It is at least as strict as
Slack: `action_id` and `block_id` must be unique over the whole message or view, and keys that Slack does not know are
refused. Used by the sandbox's Web API (`invalid_blocks`, `invalid_arguments`, `blocks.validate`) and by tests.
"""

from __future__ import annotations

from typing import Any

from .findings import Problem, Surface
from .surfaces import blocks_problems, message_problems, view_problems

__all__ = [
    "Problem",
    "Surface",
    "blocks_problems",
    "message_problems",
    "problems_of_blocks",
    "problems_of_message",
    "problems_of_view",
    "view_problems",
]


def problems_of_message(message: Any) -> list[str]:
    """Judges `text`, `blocks` and the blocks of `attachments`; other keys are the Web API's matter."""
    return [str(problem) for problem in message_problems(message)]


def problems_of_view(view: Any) -> list[str]:
    return [str(problem) for problem in view_problems(view)]


def problems_of_blocks(blocks: Any, surface: Surface = "message") -> list[str]:
    return [str(problem) for problem in blocks_problems(blocks, surface)]
