"""Who owns a pilot, told from its handovers: also of several at one instant, and whatever their order."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.domain.handovers import Handover, HandoverState, Ownership, OwnerState, ownership
from bot.domain.pilots import Metric, Pilot

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def pilot_of(owner_id: str, accepted_at: datetime | None = None) -> Pilot:
    return Pilot(
        id="p", workspace_id="T0", name="Refund triage", problem="Sorts refunds.", stage="pilot",
        champion_id="U0MAYA", owner_id=owner_id, channel_id="C0", registered_by="U0MAYA", registered_at=NOW,
        stage_since=NOW, last_change_at=NOW, owner_accepted_at=accepted_at,
        metric=Metric(name="Deflection", baseline=Decimal(22), bar=Decimal(60)),
    )  # fmt: skip


def to(user_id: str, state: HandoverState, proposed: int = 0, decided: int | None = None) -> Handover:
    return Handover(
        id=f"{user_id}-{state}-{proposed}",
        workspace_id="T0",
        pilot_id="p",
        to_id=user_id,
        proposed_by="U0MAYA",
        proposed_at=NOW + timedelta(days=proposed),
        state=state,
        decided_at=None if decided is None else NOW + timedelta(days=decided),
    )


def told(pilot: Pilot, *some: Handover) -> Ownership:
    """Return what is told, which no order of the rows changes."""
    found = {ownership(pilot, order) for order in itertools.permutations(some)}
    assert len(found) == 1
    return found.pop()


def test_whoever_is_named_is_proposed_until_they_answer() -> None:
    assert told(pilot_of("U1")).state is OwnerState.PROPOSED
    assert told(pilot_of("U1"), to("U1", HandoverState.PROPOSED)).state is OwnerState.PROPOSED


def test_the_last_answer_counts_unless_somebody_is_asked_again() -> None:
    declined = to("U1", HandoverState.REFUSED, 0, 1)
    assert told(pilot_of("U1"), declined).state is OwnerState.DECLINED
    assert told(pilot_of("U1"), declined, to("U1", HandoverState.PROPOSED, 0)).state is OwnerState.PROPOSED
    gone = to("U2", HandoverState.SUPERSEDED, 1, 2)
    assert told(pilot_of("U2"), declined, gone).state is OwnerState.NOT_ACCEPTED


def test_of_one_instant_the_answer_comes_after_what_made_way_for_it() -> None:
    made_way, declined = to("U1", HandoverState.SUPERSEDED, 0, 0), to("U2", HandoverState.REFUSED, 0, 0)
    assert told(pilot_of("U2"), made_way, declined).state is OwnerState.DECLINED


def test_who_accepted_stays_whatever_others_answer() -> None:
    owner, before = pilot_of("U1", NOW), to("U1", HandoverState.ACCEPTED, 0, 1)
    assert told(owner, before) == Ownership(owner_id="U1", state=OwnerState.ACCEPTED, accepted_at=NOW)
    assert told(owner, before, to("U2", HandoverState.PROPOSED, 2)).next_id == "U2"
    assert told(owner, before, to("U2", HandoverState.REFUSED, 2, 3)).next_id is None
