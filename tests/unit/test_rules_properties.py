"""What must hold of the rules for any pilot, any answers, any hour and any person."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given, settings, strategies as st

from bot.domain import (
    barring,
    interview as conversation,
    readiness,
    review as gate,
    snapshots,
    staleness,
    voting,
)
from bot.domain.answers import Answer, Status
from bot.domain.calendar import Calendar, zone_of
from bot.domain.conversations import Interview, InterviewState
from bot.domain.errors import Refusal
from bot.domain.people import Person
from bot.domain.pilots import Metric, Pilot
from bot.domain.playbook import Item
from bot.domain.policies import ApproverRole, Policy, PolicyStep, Procedure, Seat
from bot.domain.readiness import Standing
from bot.domain.reviews import Board, Resolved, Review, ReviewState

unhurried = settings(deadline=None, derandomize=True)
"""Other tests run beside these, and a run should say the same twice."""

NOW = datetime(2026, 3, 27, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def item(item_id: str, *, critical: bool = True, freshness_days: int = 90) -> Item:
    return Item(
        id=item_id,
        title=item_id,
        question="What?",
        why="Because.",
        good="Like this.",
        if_missing="Do it.",
        evidence="a link",
        freshness_days=freshness_days,
        critical=critical,
    )


def answer(item_id: str, status: Status, answered_at: datetime, concern: str | None = None) -> Answer:
    return Answer(
        pilot_id="P1",
        item_id=item_id,
        revision=1,
        status=status,
        detail="words",
        concern=concern,
        answered_by="U1",
        answered_at=answered_at,
    )


FACTS = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(1, 400),
        st.none()
        | st.tuples(
            st.sampled_from(Status),
            st.integers(-2, 500),
            st.integers(0, 86_399),
            st.sampled_from([None, "vague"]),
        ),
    ),
    max_size=12,
)


@st.composite
def checklists(draw: st.DrawFn) -> tuple[list[Item], dict[str, Answer]]:
    """Items of all sorts with answers of any status and age, some to items that are long gone."""
    items, answers = [], {"removed-item": answer("removed-item", Status.IN_PLACE, NOW)}
    for number, (critical, freshness_days, given_answer) in enumerate(draw(FACTS)):
        name = f"item-{number}"
        items.append(item(name, critical=critical, freshness_days=freshness_days))
        if given_answer:
            status, days, seconds, concern = given_answer
            answers[name] = answer(name, status, NOW - timedelta(days=days, seconds=seconds), concern)
    return items, answers


class TestVerdict:
    @unhurried
    @given(checklists())
    def test_what_is_in_place_never_passes_what_is_required(
        self, checklist: tuple[list[Item], dict[str, Answer]]
    ) -> None:
        items, answers = checklist
        verdict = readiness.verdict(items, answers, NOW)
        assert 0 <= verdict.in_place <= verdict.required <= len(items) == len(verdict.items)
        assert sum(len(verdict.of(standing)) for standing in Standing) == len(items)

    @unhurried
    @given(checklists())
    def test_ready_means_that_nothing_required_is_missing(
        self, checklist: tuple[list[Item], dict[str, Answer]]
    ) -> None:
        items, answers = checklist
        missing = [one.id for one in items if one.critical and not self.settled(one, answers.get(one.id))]
        verdict = readiness.verdict(items, answers, NOW)
        assert verdict.ready == (not missing)
        assert [blocking.item.id for blocking in verdict.blocking] == missing

    @staticmethod
    def settled(one: Item, given_answer: Answer | None) -> bool:
        """The rule in other words: does not apply, or in place and still fresh."""
        if given_answer is None:
            return False
        age = NOW - given_answer.answered_at
        fresh = age < timedelta(days=one.freshness_days)
        return given_answer.status is Status.NOT_APPLICABLE or (
            given_answer.status is Status.IN_PLACE and fresh
        )

    @unhurried
    @given(st.integers(1, 3650), st.integers(-3, 3))
    def test_evidence_is_fresh_until_its_last_day_is_over(self, days: int, seconds: int) -> None:
        one, given_at = item("drill", freshness_days=days), NOW - timedelta(days=days, seconds=seconds)
        standing = readiness.stands(one, answer("drill", Status.IN_PLACE, given_at), NOW)
        assert standing is (Standing.STALE if seconds >= 0 else Standing.IN_PLACE)

    @unhurried
    @given(checklists(), st.integers(0, 900))
    def test_time_alone_makes_nobody_ready(
        self, checklist: tuple[list[Item], dict[str, Answer]], days: int
    ) -> None:
        items, answers = checklist
        today = readiness.verdict(items, answers, NOW)
        later = readiness.verdict(items, answers, NOW + timedelta(days=days))
        assert today.ready or not later.ready
        assert later.in_place <= today.in_place
        assert later.required == today.required

    @unhurried
    @given(checklists(), st.data())
    def test_one_more_item_in_place_never_blocks(
        self, checklist: tuple[list[Item], dict[str, Answer]], data: st.DataObject
    ) -> None:
        items, answers = checklist
        assume(items)
        chosen = data.draw(st.sampled_from(items)).id
        before = readiness.verdict(items, answers, NOW)
        after = readiness.verdict(items, answers | {chosen: answer(chosen, Status.IN_PLACE, NOW)}, NOW)
        assert {one.item.id for one in after.blocking} == {one.item.id for one in before.blocking} - {chosen}
        assert after.in_place >= before.in_place

    @unhurried
    @given(checklists())
    def test_only_what_is_not_settled_is_asked_and_what_blocks_comes_first(
        self, checklist: tuple[list[Item], dict[str, Answer]]
    ) -> None:
        items, answers = checklist
        unsettled = [one for one in items if not self.settled(one, answers.get(one.id))]
        stale = {
            one.id
            for one in unsettled
            if one.critical and readiness.stands(one, answers.get(one.id), NOW) is readiness.Standing.STALE
        }
        critical = sorted((one.id for one in unsettled if one.critical), key=lambda one: one not in stale)
        open_items = (*critical, *(one.id for one in unsettled if not one.critical))
        if open_items:
            assert conversation.to_ask(items, answers, NOW) == open_items
        else:
            with pytest.raises(conversation.NothingToAsk):
                conversation.to_ask(items, answers, NOW)


def interview(asked: int, **changes: object) -> Interview:
    start = Interview(
        id="I1",
        workspace_id="T1",
        pilot_id="P1",
        gate_id="readiness",
        channel_id="C1",
        state=InterviewState.OPEN,
        started_by="U1",
        started_at=NOW,
        last_turn_at=NOW,
        playbook_version="1",
        asked=tuple(f"item-{number}" for number in range(asked)),
    )
    return start.model_copy(update=changes)


TURNS = st.lists(st.one_of(st.just("follow up"), st.integers(0, 14)), max_size=40)
"""Follow-ups, and answers to any question: the open one, others, ones passed before, ones never asked."""


class TestConversation:
    @unhurried
    @given(st.integers(1, 12), TURNS)
    def test_no_question_is_asked_twice(self, asked: int, turns: list[str | int]) -> None:
        now, current = NOW, interview(asked)
        shown = [current.open_item_id]
        for turn in turns:
            now += timedelta(minutes=1)
            current = self.turn(current, turn, now)
            if current.open_item_id != shown[-1]:
                shown.append(current.open_item_id)
        questions = [question for question in shown if question is not None]
        assert len(questions) == len(set(questions))
        assert questions == sorted(questions, key=current.asked.index)
        assert None not in shown[:-1]

    @staticmethod
    def turn(current: Interview, turn: str | int, now: datetime) -> Interview:
        if isinstance(turn, str):
            return conversation.follow_up(current)
        return conversation.pass_item(current, f"item-{turn}", now)

    @unhurried
    @given(st.integers(1, 40), TURNS)
    def test_progress_never_passes_the_total_and_never_shrinks(
        self, asked: int, turns: list[str | int]
    ) -> None:
        current, before = interview(asked), 0
        for turn in turns:
            current = self.turn(current, turn, NOW)
            progress = conversation.progress(current)
            assert before <= progress.passed <= progress.total == asked
            assert progress.left >= 0
            assert progress.minutes_left >= 0
            assert len(progress.bar) == min(asked, 20)
            assert ("▱" not in progress.bar) == (progress.left == 0)
            assert len(current.passed) == len(set(current.passed)) == progress.passed
            before = progress.passed

    @unhurried
    @given(st.integers(0, 12), st.lists(st.text(max_size=10)))
    def test_ids_from_elsewhere_do_not_count(self, asked: int, passed: list[str]) -> None:
        progress = conversation.progress(interview(asked, passed=(*passed, *passed)))
        assert 0 <= progress.passed <= progress.total

    @unhurried
    @given(st.permutations(range(7)))
    def test_any_order_ends_after_the_last(self, order: list[int]) -> None:
        current = interview(7)
        for number in order:
            assert current.state is InterviewState.OPEN
            current = conversation.pass_item(current, f"item-{number}", NOW)
        assert current.state is InterviewState.DONE
        assert current.open_item_id is None

    @unhurried
    @given(st.integers(1, 12), TURNS)
    def test_a_question_is_followed_up_once_and_the_next_starts_afresh(
        self, asked: int, turns: list[str | int]
    ) -> None:
        current = interview(asked)
        for turn in turns:
            before = current
            current = self.turn(current, turn, NOW)
            if current.open_item_id != before.open_item_id:
                assert not current.followed_up
            elif before.followed_up:
                assert current.followed_up

    @pytest.mark.parametrize("over", [InterviewState.DONE, InterviewState.STOPPED])
    @pytest.mark.parametrize("to", list(InterviewState))
    def test_what_is_over_stays_over(self, over: InterviewState, to: InterviewState) -> None:
        with pytest.raises(conversation.InterviewClosed):
            conversation.turn_to(interview(3, state=over), to, NOW)


ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Santiago",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Asia/Jerusalem",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
HOURS = st.tuples(st.integers(0, 22), st.integers(2, 24)).filter(lambda hours: hours[0] + 2 <= hours[1])
"""Two hours or more: an hour that the clocks leave out in spring is no time to speak to anybody."""


def changes_of(zone: ZoneInfo, years: range) -> list[datetime]:
    """Return the instants (to the hour) around which a zone's clocks change."""
    found = []
    for year in years:
        at = datetime(year, 1, 1, tzinfo=UTC)
        while at.year == year:
            following = at + timedelta(days=1)
            if at.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
                found.append(at)
            at = following
    return found


def is_good(at: datetime, zone: ZoneInfo, from_hour: int, until_hour: int) -> bool:
    """Working hours in other words than the rule's."""
    local = at.astimezone(zone)
    return local.isoweekday() <= 5 and from_hour <= local.hour + local.minute / 60 < until_hour


class TestWorkingHours:
    @pytest.mark.parametrize("name", ZONES)
    @settings(unhurried, max_examples=40)
    @given(INSTANTS, HOURS)
    def test_the_next_good_hour_is_in_hours_on_a_weekday_and_not_in_the_past(
        self, name: str, now: datetime, hours: tuple[int, int]
    ) -> None:
        calendar = Calendar(zone=name, from_hour=hours[0], until_hour=hours[1])
        at = calendar.next_good(now)
        assert at >= now
        assert is_good(at, ZoneInfo(name), *hours)
        assert calendar.is_good(at)
        assert calendar.next_good(at) == at
        assert at - now < timedelta(days=4)

    @pytest.mark.parametrize("name", ZONES)
    def test_no_earlier_good_time_is_passed_over_when_the_clocks_change(self, name: str) -> None:
        zone = ZoneInfo(name)
        days = changes_of(zone, range(2025, 2028)) or [NOW]
        for change in days:
            for hours in range(-72, 96, 5):
                now = change + timedelta(hours=hours, minutes=17)
                at = Calendar(zone=name).next_good(now)
                assert at >= now
                assert is_good(at, zone, 9, 17)
                steps = min(4 * 100, (at - now) // QUARTER + 1)
                passed_over = (now + QUARTER * step for step in range(steps))
                assert not any(is_good(earlier, zone, 9, 17) for earlier in passed_over if earlier < at)
                assert at == now or at.astimezone(zone).time().isoformat() == "09:00:00"

    def test_the_zones_change_their_clocks_in_both_directions(self) -> None:
        """Otherwise the tests above would not test it."""
        moves = set()
        for name in ZONES:
            zone = ZoneInfo(name)
            for at in changes_of(zone, range(2026, 2027)):
                before, after = (
                    at.astimezone(zone).utcoffset(),
                    (at + timedelta(days=1)).astimezone(zone).utcoffset(),
                )
                assert before is not None
                assert after is not None
                moves.add((after > before, abs(after - before)))
        assert {move for move, _ in moves} == {True, False}
        assert timedelta(minutes=30) in {size for _, size in moves}
        assert len(ZONES) >= 12

    @pytest.mark.parametrize(
        "name", ["", "Nowhere/Land", "../../etc/passwd", "/etc/localtime", "\x00", "Europe", "a" * 300]
    )
    def test_a_zone_that_nobody_knows_is_read_as_utc(self, name: str) -> None:
        assert zone_of(name).key == "UTC"

    def test_every_zone_that_exists_has_a_good_hour(self) -> None:
        for name in sorted(available_timezones()):
            at = Calendar(zone=name).next_good(NOW.replace(hour=23))
            assert is_good(at, ZoneInfo(name), 9, 17), name

    @unhurried
    @given(INSTANTS, INSTANTS)
    def test_quiet_days_are_never_negative(self, then: datetime, now: datetime) -> None:
        assert staleness.days_since(then, now) >= 0

    @unhurried
    @given(INSTANTS, st.sampled_from(ZONES))
    def test_a_working_day_has_one_slot(self, now: datetime, name: str) -> None:
        """Two messages inside the same hours of the same day share a slot, whatever the day is called in UTC."""
        zone, calendar = ZoneInfo(name), Calendar(zone=name)
        morning = calendar.next_good(now)
        evening = morning
        while is_good(evening + timedelta(minutes=15), zone, 9, 17):
            evening += timedelta(minutes=15)
        assert calendar.day_of(morning) == calendar.day_of(evening)

    @unhurried
    @given(INSTANTS, st.integers(1, 90), st.sampled_from(ZONES))
    def test_a_review_expires_at_five_in_the_afternoon_of_a_working_day(
        self, now: datetime, working_days: int, name: str
    ) -> None:
        at = gate.expires(now, working_days, Calendar(zone=name)).astimezone(ZoneInfo(name))
        assert at > now
        assert (at.hour, at.minute, at.second) == (17, 0, 0)
        day, left = now.astimezone(ZoneInfo(name)).date(), working_days
        while left:
            day += timedelta(days=1)
            left -= day.isoweekday() <= 5
        assert at.date() == day


PILOT = Pilot(
    id="P1",
    workspace_id="T1",
    name="Refund triage",
    problem="Refunds wait.",
    stage="pilot",
    champion_id="UCHAMPION",
    owner_id="SOWNER",
    channel_id="C1",
    metric=Metric(name="Deflection", baseline="22", bar="60"),
    registered_by="UCHAMPION",
    registered_at=NOW,
    stage_since=NOW,
    last_change_at=NOW,
)
REVIEW = Review(
    id="R1",
    workspace_id="T1",
    pilot_id="P1",
    gate_id="readiness",
    from_stage="pilot",
    to_stage="shadow",
    state=ReviewState.OPEN,
    requested_by="UREQUESTER",
    requested_at=NOW,
    expires_at=NOW + timedelta(days=5),
    snapshot={},
    snapshot_hash="0",
)
TITLE, ROLE = "Security", "security"
PROCEDURE = Procedure(
    policy=Policy(id="plain", title="Plain", steps=(PolicyStep(seats=(Seat(role=ROLE),)),)),
    roles=(ApproverRole(id=ROLE, title=TITLE, group="security"),),
)


def board(people: Iterable[str] = ("UAPPROVER", "UCHAMPION", "UREQUESTER")) -> Board:
    shown = "<!subteam^SSEC>"
    return Board(
        roles=(Resolved(role=ROLE, title=TITLE, people=frozenset(people), shown=shown, unpinged="@security"),)
    )


def person(user_id: str = "UAPPROVER", **changes: object) -> Person:
    return Person(workspace_id="T1", user_id=user_id, name="Ana").model_copy(update=changes)


def check(
    who: Person | None,
    those: Board | None = None,
    *,
    review: Review = REVIEW,
    pilot: Pilot = PILOT,
    procedure: Procedure = PROCEDURE,
    alone: tuple[str, ...] = (),
) -> None:
    gate.check_may_speak(who, review, pilot, procedure, those or board(), alone, "<!subteam^SSEC>")


class TestWhoMayDecide:
    def test_an_approver_may(self) -> None:
        check(person())

    @pytest.mark.parametrize(
        ("who", "refusal"),
        [
            (None, gate.NotAMember),
            (person(deactivated=True), gate.NotAMember),
            (person(guest=True), gate.NotAMember),
            (person(bot=True), gate.NotAMember),
            (person(home_workspace_id="T2"), gate.FromAnotherWorkspace),
            (person("UREQUESTER"), gate.SelfApproval),
            (person("UCHAMPION"), gate.ChampionApproval),
            (person("UBYSTANDER"), gate.NotAnApprover),
            (person("uapprover"), gate.NotAnApprover),
            (person(""), gate.NotAnApprover),
        ],
    )
    def test_each_ineligible_kind_is_refused_with_its_reason(
        self, who: Person | None, refusal: type[Refusal]
    ) -> None:
        with pytest.raises(refusal) as refused:
            check(who)
        assert type(refused.value) is refusal
        assert refused.value.sentence.endswith(".")
        assert "{" not in refused.value.sentence

    def test_who_alone_has_answered_what_the_gate_depends_on_is_told_what_it_is(self) -> None:
        with pytest.raises(gate.AnsweredItAlone, match="Rollback, Cost model"):
            check(person(), alone=("Rollback", "Cost model"))

    def test_a_policy_may_let_people_approve_what_is_their_own_and_still_bar_somebody(self) -> None:
        small = PROCEDURE.policy.model_copy(update={"self_approval": True, "never": ("UAPPROVER",)})
        procedure = PROCEDURE.model_copy(update={"policy": small})
        for who in ("UREQUESTER", "UCHAMPION"):
            check(person(who), procedure=procedure, alone=("Rollback",))
        with pytest.raises(gate.NeverDecides):
            check(person("UAPPROVER"), procedure=procedure)

    @unhurried
    @given(
        user_id=st.sampled_from(["UAPPROVER", "UCHAMPION", "UREQUESTER", "UBYSTANDER"]),
        deactivated=st.booleans(),
        guest=st.booleans(),
        bot=st.booleans(),
        home=st.sampled_from(["", "T1", "T2"]),
        people=st.frozensets(st.sampled_from(["UAPPROVER", "UCHAMPION", "UREQUESTER"])),
    )
    def test_a_deny_wins_over_every_role(
        self,
        *,
        user_id: str,
        deactivated: bool,
        guest: bool,
        bot: bool,
        home: str,
        people: frozenset[str],
    ) -> None:
        who = person(user_id, deactivated=deactivated, guest=guest, bot=bot, home_workspace_id=home)
        unable = deactivated or guest or bot or home == "T2"
        if user_id == "UAPPROVER" and user_id in people and not unable:
            check(who, board(people))
        else:
            with pytest.raises(gate.NoRight):
                check(who, board(people))

    @unhurried
    @given(st.frozensets(st.sampled_from([f"U{n}" for n in range(6)])), st.integers(0, 5), st.integers(0, 5))
    def test_those_whose_votes_count_are_exactly_those_who_may_speak(
        self, people: frozenset[str], requester: int, champion: int
    ) -> None:
        review = REVIEW.model_copy(update={"requested_by": f"U{requester}"})
        pilot = PILOT.model_copy(update={"champion_id": f"U{champion}"})
        barred = barring.barred(
            PROCEDURE, requested_by=review.requested_by, champion_id=pilot.champion_id, alone=frozenset()
        )
        for who in (f"U{n}" for n in range(6)):
            counts = voting.would_count(
                PROCEDURE, board(people), [], barred, who, snapshot_hash="0", escalated=False
            )
            assert counts is self.may(review, pilot, who, board(people))

    @staticmethod
    def may(review: Review, pilot: Pilot, user_id: str, those: Board) -> bool:
        try:
            check(person(user_id), those, review=review, pilot=pilot)
        except Refusal:
            return False
        return True


class TestSnapshot:
    @unhurried
    @given(checklists())
    def test_the_same_facts_have_the_same_hash(self, checklist: tuple[list[Item], dict[str, Answer]]) -> None:
        items, answers = checklist
        once = snapshots.snapshot(PILOT, readiness.verdict(items, answers, NOW), "1")
        again = snapshots.snapshot(PILOT, readiness.verdict(items, dict(reversed(answers.items())), NOW), "1")
        assert (
            snapshots.hash_of(once)
            == snapshots.hash_of(again)
            == snapshots.hash_of(dict(reversed(once.items())))
        )

    @unhurried
    @given(checklists(), st.data())
    def test_a_changed_answer_changes_the_hash(
        self, checklist: tuple[list[Item], dict[str, Answer]], data: st.DataObject
    ) -> None:
        items, answers = checklist
        assume(items)
        name = data.draw(st.sampled_from(items)).id
        changed = answers | {name: answer(name, Status.PARTLY, NOW + timedelta(seconds=1))}
        hashes = {
            snapshots.hash_of(snapshots.snapshot(PILOT, readiness.verdict(items, given_answers, NOW), "1"))
            for given_answers in (answers, changed)
        }
        assert len(hashes) == 2

    def test_moving_the_bar_changes_the_hash(self) -> None:
        moved = PILOT.model_copy(update={"metric": Metric(name="Deflection", baseline="22", bar="50")})
        verdict = readiness.verdict([], {}, NOW)
        assert snapshots.hash_of(snapshots.snapshot(PILOT, verdict, "1")) != snapshots.hash_of(
            snapshots.snapshot(moved, verdict, "1")
        )
