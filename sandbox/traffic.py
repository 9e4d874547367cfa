"""What went over the wire, for the page's inspector and for tests that count calls. Bounded, never persisted."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

TrafficKind = Literal["call", "delivery"]

_KEPT = 5000


@dataclass
class Traffic:
    """One exchange: a Web API call by the bot (`call`), or something sent to the bot and its ack (`delivery`).

    `name` is the Web API method, or the envelope type (`events_api`, `slash_commands`, `interactive`).
    `response` stays None until there is one: the answer of a call, the ack of a delivery.
    """

    number: int
    kind: TrafficKind
    name: str
    transport: str
    at: datetime
    request: Any
    response: Any = None
    status: str = "open"
    attempt: int = 0
    took_ms: float | None = None
    fault: str | None = None

    @property
    def method(self) -> str:
        return self.name

    @property
    def arguments(self) -> Any:
        return self.request


class TrafficLog:
    def __init__(self) -> None:
        self._entries: deque[Traffic] = deque(maxlen=_KEPT)
        self._number = 0

    def open(
        self, kind: TrafficKind, name: str, transport: str, at: datetime, request: Any, *, attempt: int = 0
    ) -> Traffic:
        self._number += 1
        entry = Traffic(self._number, kind, name, transport, at, request, attempt=attempt)
        self._entries.append(entry)
        return entry

    def __iter__(self) -> Iterator[Traffic]:
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def calls(self, method: str | None = None) -> list[Traffic]:
        return [e for e in self._entries if e.kind == "call" and method in (None, e.name)]

    def deliveries(self, name: str | None = None) -> list[Traffic]:
        return [e for e in self._entries if e.kind == "delivery" and name in (None, e.name)]

    def clear(self) -> None:
        self._entries.clear()
