"""What a status says about why a pilot stalls, and what standing still has cost.

Structure only; the words are in `prompts/watching/`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.idling import Idle
from bot.domain.messages import Block
from bot.domain.pilots import Pilot, PutOff
from bot.domain.signals import Signal
from bot.pilots import signalled
from bot.slack import blocks
from bot.stages.extending_messages import Ways
from prompts.library import Library


@dataclass(frozen=True)
class Troubles:
    """What keeps a pilot back, as its status tells of it."""

    signals: Sequence[Signal] = ()
    """Why it stalls, worst first."""
    idle: Idle | None = None
    """What it has cost that it stands still."""
    ways: Ways | None = None
    """How it can be decided whether it goes on; None where that is not to be decided now."""
    put_off: PutOff | None = None
    """How that was put off last."""

    @property
    def telling(self) -> list[Signal]:
        """The signals without those that would only repeat what a worse one is seen by."""
        seen: dict[tuple[str, tuple[str, ...]], Signal] = {}
        for one in self.signals:
            seen.setdefault((one.why, tuple(one.evidence)), one)
        return list(seen.values())


NO_TROUBLES = Troubles()


def signs_title(library: Library) -> Block:
    """Return what stands above the reasons."""
    return blocks.section(library.words("watching/signals", idle=None).mrkdwn("title"), "signals")


def sign_blocks(library: Library, pilot: Pilot, signals: Sequence[Signal]) -> list[Block]:
    """Return each reason in full: how bad it is, what was seen, and what to do next."""
    return [
        blocks.section(signalled.paragraph(library, pilot, one), f"signal:{one.cause}") for one in signals
    ]


def idle_blocks(library: Library, idle: Idle | None) -> list[Block]:
    """Return what standing still has cost; nothing for a pilot that moves."""
    if idle is None:
        return []
    return [blocks.context(library.words("watching/signals", idle=idle).mrkdwn("idle"), "idle")]


def idle_line(library: Library, idle: Idle, *, plain: bool = False) -> str:
    """Return what standing still has cost, as part of a line."""
    words = library.words("watching/signals", idle=idle)
    return words.plain("idle_line") if plain else words.mrkdwn("idle_line")
