"""What votes amount to, whatever the policy, the people in its roles and the order in which they speak."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain import barring, voting
from bot.domain.answers import Answer, Status
from bot.domain.policies import ApproverRole, Policy, PolicyStep, Procedure, Seat
from bot.domain.reviews import Board, Choice, Resolved, ReviewState, Vote

unhurried = settings(deadline=None, derandomize=True, max_examples=120)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HASH = "a" * 64
NUMBERS = count()
PEOPLE = [f"U{n}" for n in range(6)]
ROLES = ["technical", "risk", "sponsor", "stand-in"]


def vote(
    user_id: str, choice: Choice = Choice.APPROVE, *, minute: int = 0, on: str = HASH, withdrawn: bool = False
) -> Vote:
    return Vote(
        id=f"V{next(NUMBERS)}",
        workspace_id="T1",
        review_id="R1",
        user_id=user_id,
        choice=choice,
        snapshot_hash=on,
        voted_at=NOW + timedelta(minutes=minute),
        withdrawn_at=NOW + timedelta(hours=1) if withdrawn else None,
    )


def agreeing(*people: str) -> list[Vote]:
    return [vote(one, minute=n) for n, one in enumerate(people)]


def procedure(*steps: dict[str, int], fallback: str | None = None, decline_ends: bool = True) -> Procedure:
    return Procedure(
        policy=Policy(
            id="policy",
            title="Policy",
            steps=tuple(
                PolicyStep(seats=tuple(Seat(role=role, needs=needs) for role, needs in step.items()))
                for step in steps
            ),
            fallback=fallback,
            escalate_after_working_days=2 if fallback else None,
            decline_ends=decline_ends,
        ),
        roles=tuple(ApproverRole(id=role, title=role.title(), people=("U1",)) for role in ROLES),
    )


def board(**people: Iterable[str]) -> Board:
    return Board(
        roles=tuple(
            Resolved(role=role, title=role.title(), people=frozenset(some), shown=f"@{role}", unpinged=role)
            for role, some in people.items()
        )
    )


class Case(NamedTuple):
    """Anything that can be counted."""

    procedure: Procedure
    board: Board
    votes: list[Vote]
    excluded: frozenset[str]
    escalated: bool

    def tally(self, votes: Sequence[Vote] | None = None) -> voting.Tally:
        return voting.tally(
            self.procedure,
            self.board,
            self.votes if votes is None else votes,
            self.excluded,
            snapshot_hash=HASH,
            escalated=self.escalated,
        )

    def outcome(self) -> ReviewState:
        return voting.outcome(
            self.procedure,
            self.board,
            self.votes,
            self.excluded,
            snapshot_hash=HASH,
            escalated=self.escalated,
        )

    def would_count(self, user_id: str) -> bool:
        return voting.would_count(
            self.procedure,
            self.board,
            self.votes,
            self.excluded,
            user_id,
            snapshot_hash=HASH,
            escalated=self.escalated,
        )

    def people(self, role: str) -> frozenset[str]:
        spare = self.board.people_of(self.procedure.policy.fallback or "") if self.escalated else frozenset()
        return (self.board.people_of(role) | spare) - self.excluded

    def agreed(self) -> list[str]:
        no = {one.user_id for one in self.votes if one.choice is Choice.DECLINE and one.counts_for(HASH)}
        yes = {one.user_id for one in self.votes if one.choice is Choice.APPROVE and one.counts_for(HASH)}
        return sorted(yes - no - self.excluded)

    def most(self, steps: int) -> int:
        """Return how many seats of the first steps these people can fill at best, tried out one by one."""
        places = tuple(
            self.people(seat.role)
            for step in self.procedure.policy.steps[:steps]
            for seat in step.seats
            for _ in range(seat.needs)
        )

        @cache
        def best(place: int, left: frozenset[str]) -> int:
            if place == len(places):
                return 0
            filled = (1 + best(place + 1, left - {one}) for one in places[place] & left)
            return max([best(place + 1, left), *filled])

        return best(0, frozenset(self.agreed()))


# Each is made once: making one for every case that is drawn takes longer than drawing it.
either = st.booleans()
people = st.sampled_from(PEOPLE)
steps = st.lists(
    st.dictionaries(st.sampled_from(ROLES[:3]), st.integers(1, 2), min_size=1, max_size=3),
    min_size=1,
    max_size=3,
)
# Half of the boards are filled and half of the votes agree: or hardly a policy would ever be met, or come to its second step.
full = st.fixed_dictionaries(dict.fromkeys(ROLES, st.frozensets(people, min_size=1, max_size=5)))
boards = full | st.dictionaries(st.sampled_from(ROLES), st.frozensets(people, max_size=5))
willing = st.lists(
    st.tuples(people, st.just(Choice.APPROVE), st.integers(0, 9), st.just(HASH), st.just(False)),
    min_size=4,
    max_size=8,
)
ballots = willing | st.lists(
    st.tuples(
        people,
        st.sampled_from([Choice.APPROVE, Choice.APPROVE, Choice.APPROVE, Choice.DECLINE]),
        st.integers(0, 9),
        st.sampled_from([HASH, HASH, HASH, "b" * 64]),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=8,
)
fallbacks = st.sampled_from([None, "stand-in"])
barred = st.frozensets(people, max_size=2)


@st.composite
def drawn_cases(draw: st.DrawFn) -> Case:
    return Case(
        procedure(*draw(steps), fallback=draw(fallbacks), decline_ends=draw(either)),
        board(**draw(boards)),
        [
            vote(who, choice, minute=minute, on=on, withdrawn=withdrawn)
            for who, choice, minute, on, withdrawn in draw(ballots)
        ],
        draw(barred),
        draw(either),
    )


cases = drawn_cases()


class TestAnyPolicy:
    @unhurried
    @given(cases)
    def test_no_seat_is_filled_by_somebody_barred_outside_the_role_or_who_has_not_agreed(
        self, case: Case
    ) -> None:
        for step in case.tally().steps:
            for seat in step.seats:
                assert set(seat.filled_by) <= case.people(seat.role) & set(case.agreed())
                assert len(seat.filled_by) <= seat.needs

    @unhurried
    @given(cases)
    def test_nobody_fills_two_seats(self, case: Case) -> None:
        filled = [one for step in case.tally().steps for seat in step.seats for one in seat.filled_by]
        assert len(filled) == len(set(filled)) == case.tally().given

    @unhurried
    @given(cases)
    def test_as_many_seats_are_filled_as_can_be_and_those_of_earlier_steps_first(self, case: Case) -> None:
        steps = case.tally().steps
        for number in range(1, len(steps) + 1):
            filled = sum(len(seat.filled_by) for step in steps[:number] for seat in step.seats)
            assert filled == case.most(number)

    @unhurried
    @given(cases, people)
    def test_one_more_approval_never_lowers_what_is_given(self, case: Case, user_id: str) -> None:
        more = case.tally([*case.votes, vote(user_id, minute=20)])
        assert case.tally().given <= more.given <= case.tally().given + 1

    @unhurried
    @given(cases, people)
    def test_an_approval_that_would_count_counts(self, case: Case, user_id: str) -> None:
        spoken = any(one.user_id == user_id and one.counts_for(HASH) for one in case.votes)
        if not spoken and case.would_count(user_id):
            assert case.tally([*case.votes, vote(user_id, minute=20)]).given == case.tally().given + 1
            assert user_id not in case.excluded

    @unhurried
    @given(cases)
    def test_whose_word_is_awaited_can_speak_and_would_count(self, case: Case) -> None:
        now = case.tally()
        for user_id in now.awaited:
            assert user_id in now.eligible
            assert case.would_count(user_id)
            assert user_id not in case.agreed()

    @unhurried
    @given(cases)
    def test_met_takes_as_many_people_as_there_are_seats(self, case: Case) -> None:
        now = case.tally()
        assert now.met is (now.given == now.needed) is (now.now is None)
        if now.met:
            assert len(set(case.agreed())) >= now.needed
            assert not now.awaited

    @unhurried
    @given(cases)
    def test_a_review_is_approved_exactly_when_its_policy_is_met_and_nobody_ended_it(
        self, case: Case
    ) -> None:
        no = {one.user_id for one in case.votes if one.choice is Choice.DECLINE and one.counts_for(HASH)}
        ended = bool(no - case.excluded) and case.procedure.policy.decline_ends
        if ended:
            assert case.outcome() is ReviewState.DECLINED
        else:
            assert (case.outcome() is ReviewState.APPROVED) is case.tally().met
        if not no - case.excluded:
            assert case.outcome() is not ReviewState.DECLINED

    @unhurried
    @given(cases)
    def test_the_order_in_which_votes_are_read_makes_no_difference(self, case: Case) -> None:
        assert case.tally(list(reversed(case.votes))) == case.tally()

    @unhurried
    @given(cases)
    def test_roles_are_short_exactly_when_the_policy_cannot_be_met(self, case: Case) -> None:
        met = voting.can_be_met(case.procedure, case.board, case.excluded)
        assert met is not bool(voting.short_roles(case.procedure, case.board, case.excluded))


class TestSteps:
    IN_ORDER = procedure({"technical": 1}, {"risk": 1}, {"sponsor": 1})
    EACH = board(technical=["U1"], risk=["U2"], sponsor=["U3"])

    def at(self, *votes: Vote) -> Case:
        return Case(self.IN_ORDER, self.EACH, list(votes), frozenset(), escalated=False)

    def test_only_the_step_that_has_begun_is_awaited(self) -> None:
        assert self.at().tally().awaited == {"U1"}
        assert self.at().tally().eligible == {"U1"}
        assert self.at(*agreeing("U1")).tally().awaited == {"U2"}
        assert self.at(*agreeing("U1")).tally().eligible == {"U1", "U2"}

    def test_a_vote_of_a_later_step_waits_without_filling_an_earlier_one(self) -> None:
        early = self.at(*agreeing("U3"))
        assert early.tally().awaited == {"U1"}
        assert early.outcome() is ReviewState.OPEN
        assert not self.at().would_count("U3")

    def test_all_steps_together_approve(self) -> None:
        assert self.at(*agreeing("U1", "U2", "U3")).outcome() is ReviewState.APPROVED


def test_somebody_with_two_roles_fills_one_seat() -> None:
    both = Case(
        procedure({"technical": 1, "risk": 1}),
        board(technical=["U1"], risk=["U1", "U2"]),
        [],
        frozenset(),
        escalated=False,
    )
    once = both._replace(votes=agreeing("U1"))
    assert once.tally().given == 1
    assert once.outcome() is ReviewState.OPEN
    assert once.tally().awaited == {"U2"}
    assert once._replace(votes=agreeing("U1", "U2")).outcome() is ReviewState.APPROVED


def test_somebody_with_two_roles_makes_room_for_whoever_has_only_one() -> None:
    case = Case(
        procedure({"technical": 1, "risk": 1}),
        board(technical=["U1", "U2"], risk=["U1"]),
        agreeing("U1"),
        frozenset(),
        escalated=False,
    )
    assert case.would_count("U2")
    assert case._replace(votes=agreeing("U1", "U2")).outcome() is ReviewState.APPROVED


def test_whoever_has_left_the_role_since_does_not_decide_with_it() -> None:
    voted = Case(
        procedure({"risk": 2}), board(risk=["U1", "U2"]), agreeing("U1"), frozenset(), escalated=False
    )
    assert voted.tally().given == 1
    assert voted._replace(board=board(risk=["U2", "U3"])).tally().given == 0


@pytest.mark.parametrize("escalated", [False, True])
def test_the_fallback_steps_in_for_others_once_it_was_called(escalated: bool) -> None:
    case = Case(
        procedure({"risk": 2}, fallback="stand-in"),
        board(risk=["U1", "U2"], **{"stand-in": ["U5"]}),
        agreeing("U1", "U5"),
        frozenset(),
        escalated=escalated,
    )
    assert (case.outcome() is ReviewState.APPROVED) is escalated
    assert ("U5" in case.tally().eligible) is escalated


def test_without_a_veto_a_review_goes_on_while_enough_people_are_left() -> None:
    free = procedure({"risk": 1}, decline_ends=False)
    three = board(risk=["U1", "U2", "U3"])
    no = [vote("U1", Choice.DECLINE)]
    case = Case(free, three, no, frozenset(), escalated=False)
    assert case.outcome() is ReviewState.OPEN
    assert case.tally().awaited == {"U2", "U3"}
    assert case._replace(votes=[*no, vote("U2")]).outcome() is ReviewState.APPROVED
    everybody = [vote(one, Choice.DECLINE) for one in ("U1", "U2", "U3")]
    assert case._replace(votes=everybody).outcome() is ReviewState.DECLINED


def test_a_veto_ends_it_whatever_others_said() -> None:
    case = Case(
        procedure({"risk": 2}),
        board(risk=["U1", "U2", "U3"]),
        [vote("U1"), vote("U2", Choice.DECLINE)],
        frozenset(),
        escalated=False,
    )
    assert case.outcome() is ReviewState.DECLINED


def test_the_policy_that_leaves_too_few_people_names_the_role() -> None:
    two = procedure({"technical": 1}, {"risk": 2})
    assert voting.short_roles(two, board(technical=["U1"], risk=["U1", "U2"]), frozenset()) == ("risk",)
    assert voting.short_roles(two, board(technical=["U1"], risk=["U2", "U3"]), frozenset({"U1"})) == (
        "technical",
    )
    assert voting.short_roles(two, board(technical=["U1"]), frozenset()) == ("risk",)


def answer(item_id: str, by: str, status: Status = Status.IN_PLACE) -> Answer:
    return Answer(
        pilot_id="P1",
        item_id=item_id,
        revision=next(NUMBERS),
        status=status,
        detail="x",
        answered_by=by,
        answered_at=NOW,
    )


def test_who_alone_answered_is_told_by_all_revisions_and_passing_over_is_no_answer() -> None:
    history = [
        answer("rollback", "U1"),
        answer("rollback", "U2", Status.SKIPPED),
        answer("monitoring", "U1"),
        answer("monitoring", "U3"),
        answer("other", "U4"),
    ]
    assert barring.lone_answerers(history, frozenset({"rollback", "monitoring"})) == {"U1"}
    assert barring.lone_answerers(history, frozenset({"monitoring"})) == frozenset()


def test_what_is_settled_is_vouched_for_by_those_who_say_so() -> None:
    history = [
        answer("rollback", "U2", Status.NOT_YET),
        answer("rollback", "U1", Status.PARTLY),
        answer("rollback", "U1"),
        answer("rollback", "U3", Status.SKIPPED),
    ]
    assert barring.lone_answerers(history, frozenset({"rollback"})) == {"U1"}
    assert (
        barring.lone_answerers([*history, answer("rollback", "U2")], frozenset({"rollback"})) == frozenset()
    )
    does_not_apply = answer("rollback", "U2", Status.NOT_APPLICABLE)
    assert barring.lone_answerers([*history, does_not_apply], frozenset({"rollback"})) == {"U2"}


def test_a_step_is_reached_once_those_before_it_are_given_however_many_follow() -> None:
    three = Case(
        procedure({"technical": 1}, {"risk": 1}, {"sponsor": 1}),
        board(technical={"U1"}, risk={"U2"}, sponsor={"U3"}),
        agreeing("U1"),
        frozenset(),
        False,
    )
    assert [one for one in PEOPLE if three.would_count(one)] == ["U2"]
