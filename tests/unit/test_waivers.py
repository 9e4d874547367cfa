"""The rules of waivers: who may decide, until when, and what a verdict says with them and without."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain import barring, waiving as rules
from bot.domain.answers import Answer, Status
from bot.domain.errors import Refusal
from bot.domain.people import Person
from bot.domain.pilots import Metric, Pilot
from bot.domain.playbook import Item
from bot.domain.readiness import Standing, moves_since, verdict
from bot.domain.review import Panel
from bot.domain.snapshots import material_changes, snapshot
from bot.domain.waivers import Waiver, WaiverState, by_item, day_of, times_granted_before
from prompts.english import ordinal

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
unhurried = settings(deadline=None, derandomize=True)
ITEMS = [
    Item.model_validate(
        {
            "id": name,
            "title": name,
            "question": "What?",
            "why": "Because.",
            "good": "Like this.",
            "if_missing": "Do it.",
            "evidence": "a link",
            "freshness_days": 90,
            "critical": name != "optional",
            "enforce_from": TODAY + timedelta(days=30) if name == "announced" else None,
        }
    )
    for name in ("first", "second", "third", "optional", "announced")
]
PILOT = Pilot(
    id="P1",
    workspace_id="T1",
    name="Refund triage",
    problem="Slow.",
    stage="pilot",
    champion_id="U-CHAMPION",
    owner_id="U-OWNER",
    channel_id="C1",
    metric=Metric(name="Refunds", baseline=Decimal(1), bar=Decimal(2)),
    registered_by="U-CHAMPION",
    registered_at=NOW,
    stage_since=NOW,
    last_change_at=NOW,
)
PANEL = Panel(title="Approvers", people=frozenset({"U-RISK", "U-CHAMPION", "U-ASKER"}), shown="@risk")


def waiver(item_id: str = "first", **changed: object) -> Waiver:
    facts: dict[str, object] = {
        "id": f"W-{item_id}",
        "request_id": "R1",
        "workspace_id": "T1",
        "pilot_id": "P1",
        "item_id": item_id,
        "gate_id": "readiness",
        "reason": "Few cases.",
        "until": TODAY + timedelta(days=30),
        "asked_by": "U-ASKER",
        "asked_at": NOW,
        "state": WaiverState.GRANTED,
        "decided_by": "U-RISK",
        "decided_at": NOW,
    }
    return Waiver.model_validate(facts | changed)


def answer(item_id: str, status: Status, by: str = "U1", *, days: int = 1) -> Answer:
    return Answer(
        pilot_id="P1",
        item_id=item_id,
        revision=1,
        status=status,
        detail="words",
        answered_by=by,
        answered_at=NOW - timedelta(days=days),
    )


def person(user_id: str = "U-RISK", **changed: object) -> Person:
    return Person.model_validate({"workspace_id": "T1", "user_id": user_id, "name": "Rita"} | changed)


def check(somebody: Person | None, panel: Panel = PANEL, alone: frozenset[str] = frozenset()) -> None:
    rules.check_may_decide("U-ASKER", PILOT, somebody, panel, alone)


def test_a_member_of_the_panel_may_decide() -> None:
    check(person())


@pytest.mark.parametrize(
    ("somebody", "refusal"),
    [
        (None, rules.NotAMember),
        (person(guest=True), rules.NotAMember),
        (person(bot=True), rules.NotAMember),
        (person(deactivated=True), rules.NotAMember),
        (person(home_workspace_id="T2"), rules.FromAnotherWorkspace),
        (person("U-ASKER"), rules.AskedItYourself),
        (person("U-CHAMPION"), rules.ChampionWaiver),
        (person("U-OTHER"), rules.MayNotWaive),
    ],
)
def test_everybody_else_may_not(somebody: Person | None, refusal: type[Refusal]) -> None:
    everybody = Panel(title="All", people=PANEL.people - {"U-OTHER"}, shown="@all")
    with pytest.raises(refusal):
        check(somebody, everybody)


def test_whoever_alone_answered_may_not() -> None:
    with pytest.raises(rules.AnsweredItAlone):
        check(person(), alone=frozenset({"U-RISK"}))


def test_who_alone_answered_is_told_by_every_answer_that_was_one() -> None:
    history = [
        answer("first", Status.NOT_YET, "U1"),
        answer("first", Status.SKIPPED, "U2"),
        answer("second", Status.NOT_YET, "U1"),
        answer("second", Status.PARTLY, "U2"),
        answer("third", Status.NOT_YET, "U3"),
    ]
    assert barring.lone_answerers(history, frozenset({"first", "second"})) == {"U1"}
    assert barring.lone_answerers(history, frozenset({"second"})) == frozenset()
    assert barring.lone_answerers([], frozenset({"first"})) == frozenset()


def test_approvers_champion_and_owner_may_revoke_and_nobody_else() -> None:
    for user_id in ("U-RISK", "U-CHAMPION", "U-OWNER"):
        rules.check_may_revoke(PILOT, person(user_id), PANEL, frozenset({"U-OWNER"}), "@all")
    with pytest.raises(rules.MayNotRevoke):
        rules.check_may_revoke(PILOT, person("U-OTHER"), PANEL, frozenset({"U-OWNER"}), "@all")
    with pytest.raises(rules.NotAMember):
        rules.check_may_revoke(PILOT, None, PANEL, frozenset({"U-OWNER"}), "@all")


def test_a_waiver_ends_on_a_day_from_tomorrow_on_and_within_a_year() -> None:
    assert not rules.is_a_day_to_end(TODAY, TODAY)
    assert rules.is_a_day_to_end(TODAY + timedelta(days=1), TODAY)
    assert rules.is_a_day_to_end(TODAY + timedelta(days=365), TODAY)
    assert not rules.is_a_day_to_end(TODAY + timedelta(days=366), TODAY)
    assert not rules.is_a_day_to_end(date.max, TODAY)
    assert not rules.is_a_day_to_end(date.min, TODAY)


def test_days_are_counted_in_utc() -> None:
    in_auckland = timezone(timedelta(hours=13))
    assert day_of(datetime(2026, 11, 24, 12, 59, tzinfo=in_auckland)) == date(2026, 11, 23)
    assert day_of(datetime(2026, 11, 24, 13, 0, tzinfo=in_auckland)) == date(2026, 11, 24)


@pytest.mark.parametrize("state", WaiverState)
def test_only_a_granted_waiver_holds_and_only_until_its_day(state: WaiverState) -> None:
    one = waiver(state=state)
    assert one.holds_on(one.until - timedelta(days=1)) == (state is WaiverState.GRANTED)
    assert not one.holds_on(one.until)


def test_earlier_waivers_for_the_same_are_counted_if_they_were_granted() -> None:
    old = NOW - timedelta(days=60)
    over = waiver(id="W0", asked_at=old, decided_at=old, ended_at=old, state=WaiverState.LAPSED)
    history = [
        over,
        over.model_copy(update={"id": "W1", "state": WaiverState.REVOKED}),
        over.model_copy(update={"id": "W2", "state": WaiverState.REFUSED}),
        over.model_copy(update={"id": "W3", "decided_at": None}),
        over.model_copy(update={"id": "W4", "item_id": "second"}),
        over.model_copy(update={"id": "W5", "pilot_id": "P2"}),
        waiver(),
    ]
    assert times_granted_before(waiver(), history) == 2


def test_an_open_item_with_a_waiver_does_not_block() -> None:
    given_answers = {name: answer(name, Status.IN_PLACE) for name in ("second", "third")}
    with_it = verdict(ITEMS, given_answers, NOW, waived={"first": waiver()})
    assert [one.item.id for one in with_it.waived] == ["first"]
    assert with_it.ready
    assert not with_it.ready_without_waivers
    assert not with_it.settled
    assert (with_it.in_place, with_it.required) == (2, 4)
    assert [one.item.id for one in with_it.can_follow] == ["optional", "announced"]


@pytest.mark.parametrize("status", [Status.IN_PLACE, Status.NOT_APPLICABLE])
def test_what_is_settled_needs_no_waiver(status: Status) -> None:
    found = verdict(ITEMS[:1], {"first": answer("first", status)}, NOW, waived={"first": waiver()})
    assert found.items[0].standing.value == status.value
    assert found.items[0].waiver is None
    assert found.ready_without_waivers


def test_evidence_that_has_grown_old_can_be_waived() -> None:
    found = verdict(
        ITEMS[:1], {"first": answer("first", Status.IN_PLACE, days=120)}, NOW, waived={"first": waiver()}
    )
    assert found.items[0].standing is Standing.WAIVED


def test_a_waiver_that_was_there_before_is_no_move() -> None:
    found = verdict(ITEMS[:1], {}, NOW, waived={"first": waiver(decided_at=NOW - timedelta(days=9))})
    assert moves_since(found, [], NOW - timedelta(days=3)) == ()
    (moved,) = moves_since(found, [], NOW - timedelta(days=12))
    assert (moved.before, moved.now) == (Standing.MISSING, Standing.WAIVED)


statuses = st.dictionaries(
    st.sampled_from([item.id for item in ITEMS]),
    st.tuples(st.sampled_from(Status), st.integers(0, 200)),
)
granted = st.lists(
    st.tuples(
        st.sampled_from([item.id for item in ITEMS]),
        st.sampled_from(WaiverState),
        st.integers(-40, 40),
    ),
    unique_by=lambda one: one[0],
)


@unhurried
@given(statuses, granted)
def test_waivers_change_nothing_but_what_blocks(
    answered: dict[str, tuple[Status, int]], waived: list[tuple[str, WaiverState, int]]
) -> None:
    answers = {name: answer(name, status, days=days) for name, (status, days) in answered.items()}
    given_waivers = by_item(
        waiver(name, state=state, until=TODAY + timedelta(days=days)) for name, state, days in waived
    )
    bare, found = verdict(ITEMS, answers, NOW), verdict(ITEMS, answers, NOW, waived=given_waivers)
    assert found.ready_without_waivers == bare.ready
    assert found.ready or not bare.ready
    assert (found.in_place, found.required) == (bare.in_place, bare.required)
    for with_it, without in zip(found.items, bare.items, strict=True):
        one = given_waivers.get(with_it.item.id)
        accepted = not without.settled and one is not None and one.holds_on(TODAY)
        assert with_it.waived == accepted == (with_it.waiver is not None)
        assert with_it.standing is (Standing.WAIVED if accepted else without.standing)
        assert with_it.blocks == (without.blocks and not accepted)
        assert not with_it.blocks or with_it in found.blocking


@unhurried
@given(statuses, granted, st.integers(0, 60))
def test_what_was_reviewed_with_a_waiver_is_no_longer_so_when_it_has_ended(
    answered: dict[str, tuple[Status, int]], waived: list[tuple[str, WaiverState, int]], later: int
) -> None:
    answers = {name: answer(name, status, days=0) for name, (status, _) in answered.items()}
    given_waivers = by_item(
        waiver(name, state=state, until=TODAY + timedelta(days=days)) for name, state, days in waived
    )
    items = ITEMS[:4]  # those that count from a day on change by themselves
    then = verdict(items, answers, NOW, waived=given_waivers)
    now = verdict(items, answers, NOW + timedelta(days=later), waived=given_waivers)
    changed = material_changes(snapshot(PILOT, then, "v"), snapshot(PILOT, now, "v"))
    ended = {one.item.id for one in then.waived} - {one.item.id for one in now.waived}
    assert set(changed) == ended


@pytest.mark.parametrize(
    ("place", "words"),
    [(1, "first"), (10, "tenth"), (11, "11th"), (21, "21st"), (112, "112th"), (23, "23rd")],
)
def test_places_in_words(place: int, words: str) -> None:
    assert ordinal(place) == words
