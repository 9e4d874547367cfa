"""What is shown where Slack refuses a kind of block: the blocks that a message or a Home tab brings along under `instead`.

Slack judges blocks before it shows anything, so that what was refused can be sent once more in another form without being
there twice. Which kinds are refused is remembered for an hour; then they are tried again. Nothing here decides what stands
in for what.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any, Final, TypeVar

from bot.metrics import Counters
from bot.slack.failures import Terminal
from bot.slack.reading import reach

log = logging.getLogger(__name__)

R = TypeVar("R")
Json = dict[str, Any]

REMEMBERED_FOR: Final = 3600.0
"""Seconds until a kind of block that was refused is tried again."""
_KIND_REFUSED: Final = frozenset({"invalid_blocks", "invalid_arguments"})
"""Methods of views answer `invalid_arguments` where those of messages answer `invalid_blocks`."""
_TOO_MUCH: Final = frozenset({"msg_blocks_too_long", "msg_too_long", "view_too_large"})
"""The stand-in may be shorter; says nothing against the kinds of block."""


class StandIns:
    """Sends what Slack takes; one for each installation, because a workspace has the blocks of its plan and region."""

    def __init__(self, counters: Counters, now: Callable[[], float] = monotonic) -> None:
        self._counters = counters
        self._now = now
        self._refused_until: dict[str, float] = {}

    async def send(self, content: Mapping[str, object], call: Callable[[Json], Awaitable[R]]) -> R:
        """Call with the content, and where Slack refuses its blocks once more with those that stand in for them."""
        meant = without_instead(content)
        if "instead" not in content:
            return await call(meant)
        plainly = meant | {"blocks": content["instead"]}
        doubtful = _kinds(content.get("blocks")) - _kinds(content["instead"])
        if self._lately_refused(doubtful):
            self._counters.add("blocks_replaced_total", why="remembered")
            return await call(plainly)
        try:
            return await call(meant)
        except Terminal as refusal:
            if refusal.code not in _KIND_REFUSED | _TOO_MUCH:
                raise
            why = refusal
        answer = await call(plainly)
        self._counters.add("blocks_replaced_total", why="refused")
        log.warning("Slack refused %s, plain blocks stand in for it: %s", _listed(doubtful), why)
        if why.code in _KIND_REFUSED:
            self._refused_until |= dict.fromkeys(doubtful, self._now() + REMEMBERED_FOR)
        return answer

    def _lately_refused(self, kinds: frozenset[str]) -> bool:
        return any(self._refused_until.get(kind, 0.0) > self._now() for kind in kinds)


def without_instead(content: Mapping[str, object]) -> Json:
    """Return a message or view as Slack knows it."""
    return {name: value for name, value in content.items() if name != "instead"}


def plainly(content: Mapping[str, object]) -> Json:
    """Return it with what stands in for its blocks: for where Slack could not be asked a second time."""
    return without_instead(content) | ({"blocks": content["instead"]} if "instead" in content else {})


def _kinds(blocks: object) -> frozenset[str]:
    return (
        frozenset(str(reach(block, "type")) for block in blocks) if isinstance(blocks, list) else frozenset()
    )


def _listed(kinds: frozenset[str]) -> str:
    return ", ".join(sorted(kinds)) or "the blocks"
