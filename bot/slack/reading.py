"""Reading Slack's bodies step by step: each reader says what it expects and raises `Malformed` for anything else.

Nothing here knows a feature or a kind of delivery; `payloads` and `events` are written with it. Never a KeyError.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain.errors import Refusal
from bot.domain.text import storable
from bot.domain.values import Occasion

Json = Mapping[str, Any]

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TS: Final = re.compile(r"\d{1,12}\.\d{1,9}")


class Malformed(Refusal):
    """I could not read what Slack sent for this. Please try it once more."""

    def __init__(self, where: str) -> None:
        self.where = where
        """Where the body is not as documented: a path such as `user.id`. For the log, not for the person."""
        super().__init__()


def workspace_key(enterprise_id: str | None, team_id: str) -> str:
    """Return the key of a workspace in every row: its id, after its organisation's where it has one."""
    return f"{enterprise_id}/{team_id}" if enterprise_id else team_id


def reach(body: Any, *path: str | int) -> Any:
    """Return what stands at a path of keys and positions, or None where anything on the way is missing."""
    for step in path:
        if isinstance(step, str) and isinstance(body, Mapping):
            body = body.get(step)
        elif isinstance(step, int) and isinstance(body, Sequence) and not isinstance(body, str):
            body = body[step] if -len(body) <= step < len(body) else None
        else:
            return None
    return body


def text_at(body: Any, *path: str | int) -> str:
    """Return the text at a path, safe to store; Malformed where there is none."""
    found = reach(body, *path)
    if not isinstance(found, str):
        raise Malformed(".".join(map(str, path)))
    return storable(found)


def maybe_text(body: Any, *path: str | int) -> str | None:
    """Return the text at a path, or None where there is none or it is empty; Malformed for anything that is no text."""
    return text_at(body, *path) or None if reach(body, *path) is not None else None


def id_at(body: Any, *path: str | int) -> str:
    """Return the Slack id at a path; Malformed for anything that cannot be one."""
    found = text_at(body, *path)
    if not _ID.fullmatch(found):
        raise Malformed(".".join(map(str, path)))
    return found


def maybe_id(body: Any, *path: str | int) -> str | None:
    """Return the Slack id at a path, or None where there is none."""
    return id_at(body, *path) if reach(body, *path) else None


def ts_at(body: Any, *path: str | int) -> str:
    """Return the message timestamp at a path; Malformed for anything that cannot be one."""
    found = text_at(body, *path)
    if not _TS.fullmatch(found):
        raise Malformed(".".join(map(str, path)))
    return found


def maybe_ts(body: Any, *path: str | int) -> str | None:
    """Return the message timestamp at a path, or None where there is none."""
    return ts_at(body, *path) if reach(body, *path) else None


def is_elsewhere(team_id: str | None, workspace_id: str) -> bool:
    """Whether a person's team is neither the workspace nor the organisation that it belongs to."""
    return team_id is not None and team_id not in workspace_id.split("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """What everything that comes in has."""

    workspace_id: str
    user_id: str
    delivery: str
    from_elsewhere: bool = False
    """Whether the person belongs to another workspace (Slack Connect)."""

    def at(self, now: datetime) -> Occasion:
        """Return the occasion on which this is carried out."""
        return Occasion(
            workspace_id=self.workspace_id, actor_id=self.user_id, now=now, delivery=self.delivery
        )
