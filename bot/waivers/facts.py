"""What the messages about waivers state, read from the record. Reads through the desk and decides nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.desk import Desk
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.readiness import ItemStanding, verdict
from bot.domain.waivers import Waiver, WaiverState, day_of, times_granted_before
from bot.pilots import workflow as pilots


@dataclass(frozen=True)
class Wanted:
    """One item that a waiver is asked for, and how it stands without."""

    waiver: Waiver
    title: str
    standing: ItemStanding | None
    """None where the playbook has lost the item."""
    before: int
    """How many waivers were granted for the same before."""


@dataclass(frozen=True)
class Request:
    """What was asked for together, and is decided together."""

    pilot: Pilot
    wanted: tuple[Wanted, ...]
    """In the checklist's order; never empty."""

    @property
    def first(self) -> Waiver:
        """One of its waivers, for what all have in common: who asked, why, until when."""
        return self.wanted[0].waiver

    @property
    def id(self) -> str:
        """What its card and its buttons know it by."""
        return self.first.request_id

    def in_state(self, state: WaiverState) -> tuple[Wanted, ...]:
        """Return what of it is in a state."""
        return tuple(one for one in self.wanted if one.waiver.state is state)


@dataclass(frozen=True)
class Offer:
    """What a waiver of a pilot could be asked for now."""

    pilot: Pilot
    gate: Gate
    open: tuple[ItemStanding, ...]
    asked: tuple[str, ...]
    """The titles of what keeps it back and is asked for already."""


@dataclass(frozen=True)
class Listed:
    """All waivers of a pilot, newest first, and whether another could be asked for."""

    pilot: Pilot
    wanted: tuple[Wanted, ...]
    may_ask: bool


def request_of(desk: Desk, pilot: Pilot, waivers: Sequence[Waiver]) -> Request:
    """Return waivers that were asked for together with what their card says about each."""
    order = {item.id: n for n, item in enumerate(i for c in desk.playbook.checklists for i in c.items)}
    return Request(
        pilot,
        tuple(
            sorted(wanted(desk, pilot, waivers), key=lambda one: order.get(one.waiver.item_id, len(order)))
        ),
    )


def wanted(desk: Desk, pilot: Pilot, waivers: Iterable[Waiver]) -> list[Wanted]:
    """Return waivers with their items as they stand without them, in the order given."""
    history = desk.tx.waivers.all_of_pilot(pilot.id)
    answers = desk.tx.answers.current(pilot.id)

    def one(waiver: Waiver) -> Wanted:
        item = desk.playbook.item(waiver.item_id)
        judged = verdict([item], answers, desk.at.now).items[0] if item else None
        before = times_granted_before(waiver, history)
        return Wanted(waiver, item.title if item else waiver.item_id, judged, before)

    return [one(waiver) for waiver in waivers]


def offer_of(desk: Desk, pilot: Pilot, gate: Gate) -> Offer:
    """Return what keeps a pilot back and has no waiver, and what of it is asked for already."""
    blocking = pilots.verdict_before(desk, pilot, gate).blocking
    asked = asked_items(desk, pilot)
    return Offer(
        pilot=pilot,
        gate=gate,
        open=tuple(one for one in blocking if one.item.id not in asked),
        asked=tuple(one.item.title for one in blocking if one.item.id in asked),
    )


def asked_items(desk: Desk, pilot: Pilot) -> frozenset[str]:
    """Return the items for which a waiver is asked and can still be decided."""
    running, today = desk.tx.waivers.running_of_pilot(pilot.id), day_of(desk.at.now)
    return frozenset(one.item_id for one in running if one.state is WaiverState.ASKED and today < one.until)


def listed(desk: Desk, pilot: Pilot) -> Listed:
    """Return all waivers of a pilot: what runs first, then what is over, each newest first."""
    newest = list(reversed(desk.tx.waivers.all_of_pilot(pilot.id)))
    running = {WaiverState.ASKED, WaiverState.GRANTED}
    ordered = sorted(newest, key=lambda one: one.state not in running)
    gate = None if pilot.retired else desk.playbook.gate_from(pilot.stage)
    may_ask = bool(gate and gate.leads_on and offer_of(desk, pilot, gate).open)
    return Listed(pilot, tuple(wanted(desk, pilot, ordered)), may_ask)
