"""The overview, read from current state: status, list, Home. Nothing here changes a pilot."""

from collections.abc import Sequence
from typing import Any

from bot.desk import Desk
from bot.domain.handovers import Ownership, ownership
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.readiness import asked_by, verdict
from bot.domain.waivers import day_of
from bot.interview.summary_facts import summary_of
from bot.pilots import flagged, workflow as pilots
from bot.portfolio import awaited_messages, awaiting, messages
from bot.portfolio.to_decide import Groups


def status(desk: Desk, words: str, channel_id: str, *, share: bool = True) -> Body:
    """Return the status of the pilot that somebody named or is in the channel of."""
    return _status(desk, pilots.find(desk, words, channel_id, "status"), share=share)


def status_of(desk: Desk, pilot_id: str, *, share: bool = True) -> Body:
    """Return the status of a pilot by its id."""
    return _status(desk, pilots.get(desk, pilot_id), share=share)


def list_all(desk: Desk, *, share: bool = True) -> Body:
    """Return all active pilots."""
    shown, waived = _counted_today(desk, _in_order(desk), messages.PILOTS_LISTED)
    open_again = flagged.titles_by_pilot(desk, shown[: messages.PILOTS_LISTED])
    return messages.list_message(
        desk.library,
        shown,
        desk.at.now,
        share=share,
        waived=waived,
        open_again=open_again,
        owners=_owners(desk, shown[: messages.PILOTS_LISTED]),
    )


def home(desk: Desk, groups: Groups | None = None) -> dict[str, Any]:
    """Return the Home tab of the person whose occasion this is; `groups` are theirs, None where Slack did not say."""
    everything = _in_order(desk)
    mine: list[Pilot] = []
    others: list[Pilot] = []
    for pilot in everything:
        (mine if awaiting.is_theirs(desk, pilot, groups) else others).append(pilot)
    mine, waived = _counted_today(desk, mine, messages.PILOTS_AT_HOME)
    others, waived_too = _counted_today(desk, others, messages.PILOTS_AT_HOME)
    waiting = awaiting.of(desk, everything, groups)
    return messages.home_view(
        desk.library,
        mine,
        others,
        waiting,
        desk.at.now,
        waived={**waived, **waived_too},
        open_again=flagged.titles_by_pilot(desk, [*mine, *others]),
        owners=_owners(desk, [*mine[: messages.PILOTS_AT_HOME], *others[: messages.PILOTS_AT_HOME]]),
    )


def mine(desk: Desk, groups: Groups | None = None) -> Body:
    """Return what awaits the person whose occasion this is; `groups` are theirs, None where Slack did not say."""
    return awaited_messages.mine_message(desk.library, awaiting.of(desk, _in_order(desk), groups))


def _status(desk: Desk, pilot: Pilot, *, share: bool) -> Body:
    gate = desk.playbook.gate_from(pilot.stage)
    facts = summary_of(desk, pilot, gate) if gate else None
    again = () if facts else flagged.titles_of(desk, pilot)
    owner = _owners(desk, [pilot])[pilot.id]
    return messages.status_message(
        desk.library, pilot, facts, desk.at.now, share=share, open_again=again, owner=owner
    )


def _owners(desk: Desk, some: Sequence[Pilot]) -> dict[str, Ownership]:
    """Return who owns each of some pilots, and whether they accepted."""
    found = desk.tx.handovers.of_pilots(pilot.id for pilot in some)
    return {pilot.id: ownership(pilot, found.get(pilot.id, ())) for pilot in some}


def _in_order(desk: Desk) -> list[Pilot]:
    """Return the pilots furthest on the way first: by stage, then by what is in place, then by name."""
    order = {stage.id: number for number, stage in enumerate(desk.playbook.stages)}
    active = desk.tx.pilots.all_active(desk.at.workspace_id)

    def how_far(pilot: Pilot) -> tuple[int, float, str]:
        done = pilot.in_place / pilot.required if pilot.required else 0.0
        return -order.get(pilot.stage, -1), -done, pilot.name.casefold()

    return sorted(active, key=how_far)


def _counted_today(desk: Desk, some: list[Pilot], most: int) -> tuple[list[Pilot], dict[str, int]]:
    """Return the pilots, the first of them with what is in place today, and how many accepted risks each has.

    A row knows what was so when it last changed.
    """
    ids = [pilot.id for pilot in some[:most]]
    answers = desk.tx.answers.current_of_pilots(ids)
    waivers = desk.tx.waivers.of_pilots(ids, day_of(desk.at.now))
    waived: dict[str, int] = {}

    def counted(pilot: Pilot) -> Pilot:
        gate = desk.playbook.gate_from(pilot.stage)
        given, now = answers.get(pilot.id, {}), desk.at.now
        items = asked_by(gate, desk.playbook.items_of(gate), given, pilot.stage_since, now) if gate else ()
        today = verdict(items, given, now, waived=waivers.get(pilot.id))
        waived[pilot.id] = len(today.waived)
        return pilot.model_copy(update={"required": today.required, "in_place": today.in_place})

    return [*map(counted, some[:most]), *some[most:]], waived
