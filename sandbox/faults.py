"""Trouble on demand: what goes wrong, where, how often. Random choices come from a seeded generator.

A rule only says what to do; the Web API and the delivery do it. Rules are tried in the order of adding, the first that
fires wins.
"""

import random
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

CallFault = Literal[
    "timeout_after_accepting", "drop_before", "drop_after", "status", "slow", "rate_limited", "error"
]
DeliveryFault = Literal["duplicate", "reorder", "delay", "disconnect", "lose_ack"]


@dataclass
class Fault:
    """One rule. `pattern` is a method (`chat.*`) or an envelope type (`events_api`, `*`).

    - `timeout_after_accepting`: the call is carried out, the answer comes only after `seconds`.
    - `drop_before`, `drop_after`: the connection is cut before or after the call is carried out.
    - `status`: answers with HTTP `status`, without carrying the call out.
    - `slow`: answers after `seconds`.
    - `rate_limited`: 429 with `Retry-After: seconds`.
    - `error`: `ok: false` with `error`.
    - `duplicate`: delivered twice. `delay`: delivered after `seconds`. `reorder`: held back until the next delivery has
      gone out (or `seconds` have passed). `disconnect`: the socket is closed right after the envelope was sent.
      `lose_ack`: the ack is not heard, so that an event is retried.
    """

    pattern: str
    kind: CallFault | DeliveryFault
    probability: float = 1.0
    count: int | None = None
    seconds: float = 0.0
    status: int = 503
    error: str = "internal_error"
    fired: int = 0


class Faults:
    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable chance for tests, no secret
        self._calls: list[Fault] = []
        self._deliveries: list[Fault] = []

    def on_call(
        self,
        pattern: str,
        kind: CallFault,
        *,
        probability: float = 1.0,
        count: int | None = None,
        seconds: float = 0.0,
        status: int = 503,
        error: str = "internal_error",
    ) -> Fault:
        """Trouble for Web API methods, at most `count` times (without it: for as long as the rule stands)."""
        rule = Fault(pattern, kind, probability, count, seconds, status, error)
        self._calls.append(rule)
        return rule

    def on_delivery(
        self,
        pattern: str,
        kind: DeliveryFault,
        *,
        probability: float = 1.0,
        count: int | None = None,
        seconds: float = 0.0,
    ) -> Fault:
        """Trouble for what is sent to the app."""
        rule = Fault(pattern, kind, probability, count, seconds)
        self._deliveries.append(rule)
        return rule

    def remove(self, rule: Fault) -> None:
        for rules in (self._calls, self._deliveries):
            if rule in rules:
                rules.remove(rule)

    def clear(self) -> None:
        self._calls.clear()
        self._deliveries.clear()

    @property
    def rules(self) -> tuple[Fault, ...]:
        return (*self._calls, *self._deliveries)

    def for_call(self, method: str) -> Fault | None:
        return self._first(self._calls, method)

    def for_delivery(self, envelope_type: str) -> Fault | None:
        return self._first(self._deliveries, envelope_type)

    def _first(self, rules: list[Fault], name: str) -> Fault | None:
        for rule in rules:
            spent = rule.count is not None and rule.fired >= rule.count
            if spent or not fnmatchcase(name, rule.pattern) or self._random.random() >= rule.probability:
                continue
            rule.fired += 1
            return rule
        return None
