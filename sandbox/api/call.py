"""One Web API call: who calls, with which arguments, read the way Slack reads them.

Arguments come as a form, as a query or as JSON; nested ones as JSON strings or as JSON. A missing or malformed one
becomes Slack's refusal, never an exception of another kind.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.interactivity import Interactivity
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State

_TRUE = (True, "true", "1", 1, "True")


@dataclass(frozen=True)
class Call:
    method: str
    arguments: Mapping[str, Any]
    state: State
    # the app as installed where the token belongs; empty for the app-level token
    installation: Json
    interactivity: Interactivity
    address: str
    socket_ticket: Callable[[], str]

    @property
    def bot_user_id(self) -> str:
        return str(self.installation["bot_user_id"])

    @property
    def team_id(self) -> str:
        return str(self.installation["team_id"])

    def text(self, name: str) -> str:
        """A required argument."""
        value = self.maybe_text(name)
        if not value:
            raise missing(name)
        return value

    def maybe_text(self, name: str) -> str | None:
        value = self.arguments.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool | dict | list):
            raise invalid(f"must be a string [json-pointer:/{name}]")
        return str(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.arguments.get(name)
        return default if value is None or value == "" else value in _TRUE

    def whole(self, name: str, default: int, *, most: int = 1000) -> int:
        value = self.arguments.get(name)
        if value is None or value == "":
            return default
        try:
            number = int(value)
        except (TypeError, ValueError) as malformed:
            raise invalid(f"must be an integer [json-pointer:/{name}]") from malformed
        if number < 1:
            raise SlackRefusalError("invalid_limit")
        return min(number, most)

    def ids(self, name: str) -> list[str]:
        """A list, or the same joined by commas."""
        value = self.arguments.get(name)
        if isinstance(value, str) and value.startswith("["):
            value = self.nested(name, "invalid_arguments")
        if isinstance(value, list):
            return [str(one) for one in value]
        return [part.strip() for part in str(value).split(",") if part.strip()] if value else []

    def nested(self, name: str, malformed_error: str) -> Any:
        """A JSON argument, given as itself or as a string; None when it is not there."""
        value = self.arguments.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError as malformed:
            raise SlackRefusalError(malformed_error) from malformed


Method = Callable[[Call], Json]


def missing(name: str) -> SlackRefusalError:
    return invalid(f"missing required field: {name}")


def invalid(complaint: str) -> SlackRefusalError:
    return SlackRefusalError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {complaint}"]})


def page(items: list[Any], call: Call, *, default: int = 100) -> tuple[list[Any], Json]:
    """One page of a list and the metadata that leads to the next. The cursor is opaque to callers."""
    limit, cursor = call.whole("limit", default), call.maybe_text("cursor") or ""
    start = 0
    if cursor:
        if not (cursor.startswith("next:") and cursor[5:].isascii() and cursor[5:].isdigit()):
            raise SlackRefusalError("invalid_cursor")
        start = int(cursor[5:])
    following = f"next:{start + limit}" if start + limit < len(items) else ""
    return items[start : start + limit], {"response_metadata": {"next_cursor": following}}
