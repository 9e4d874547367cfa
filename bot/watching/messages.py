"""What a status says about why a pilot stalls, and what standing still has cost.

Structure only; the words are in `prompts/watching/`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.idling import Idle
from bot.domain.messages import Block
from bot.domain.pilots import Pilot
from bot.domain.signals import Signal
from bot.pilots import signalled
from bot.slack import blocks
from bot.stages.extending_messages import Ways, decision_blocks
from prompts.library import Library

SIGNALS_SHOWN = 5
"""How many reasons a status spells out, the worst ones."""


@dataclass(frozen=True)
class Troubles:
    """What keeps a pilot back, as its status tells of it."""

    signals: Sequence[Signal] = ()
    """Why it stalls, worst first."""
    idle: Idle | None = None
    """What it has cost that it stands still."""
    ways: Ways | None = None
    """How it can be decided whether it goes on; None where that is not to be decided now."""


NO_TROUBLES = Troubles()


def trouble_blocks(library: Library, pilot: Pilot, troubles: Troubles, *, buttons: bool) -> list[Block]:
    """Return what keeps a pilot back, and by when it has to be decided whether it goes on; nothing for one that does well.

    Without `buttons` it is for everybody to read.
    """
    found = signal_blocks(library, pilot, troubles.signals, troubles.idle)
    if pilot.decide_on:
        found += decision_blocks(library, pilot, troubles.ways if buttons else None)
    return found


def signal_blocks(
    library: Library, pilot: Pilot, signals: Sequence[Signal], idle: Idle | None = None
) -> list[Block]:
    """Return why a pilot stalls, worst first, and what that has cost so far."""
    return list(_blocks(library, pilot, signals, idle))


def _blocks(library: Library, pilot: Pilot, signals: Sequence[Signal], idle: Idle | None) -> Iterator[Block]:
    shown = _telling(signals)[:SIGNALS_SHOWN]
    more = len(signals) - len(shown)
    words = library.words("watching/signals", more=more, idle=idle)
    if signals:
        yield blocks.section(words.mrkdwn("title"), "signals")
    for signal in shown:
        yield blocks.section(signalled.paragraph(library, pilot, signal), f"signal:{signal.cause}")
    if more:
        yield blocks.context(words.mrkdwn("more"), "signals_more")
    if idle:
        yield blocks.context(words.mrkdwn("idle"), "idle")


def _telling(signals: Sequence[Signal]) -> list[Signal]:
    """Return the signals without those that would only repeat what a worse one is seen by."""
    seen: dict[tuple[str, tuple[str, ...]], Signal] = {}
    for one in signals:
        seen.setdefault((one.why, tuple(one.evidence)), one)
    return list(seen.values())


def idle_line(library: Library, idle: Idle, *, plain: bool = False) -> str:
    """Return what standing still has cost, as part of a line."""
    words = library.words("watching/signals", more=0, idle=idle)
    return words.plain("idle_line") if plain else words.mrkdwn("idle_line")
