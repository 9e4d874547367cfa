"""Many people at one gate at the same instant, through two processes on one database: one outcome, and everybody is told."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.answers import Reading
from bot.domain.errors import Refusal
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.review import AlreadyDecided, VotedAlready
from bot.domain.reviews import Choice, Condition, Review, ReviewState
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.pilots.errors import StageMoved
from bot.review import deciding, errors, requesting, workflow as reviews
from bot.review.messages import MARK
from bot.stages import workflow as stages
from prompts.library import Library
from storage.audit import AuditEntry
from storage.store import Store
from storage.transaction import Tx
from storage.verification import examine
from tests.fresh import fresh_database
from tests.postgres import postgres_server, postgres_url

from . import replayed
from .books import asks_only, item
from .conftest import JONAS, MAYA, PRIYA, WORKSPACE, House, _settle_in, registration
from .gates import IN_PLACE, NOT_YET, board, decided_by

__all__ = ["postgres_server", "postgres_url"]

FIFTY = tuple(f"U0CLICKS{n:02}" for n in range(50))
ALL = board(risk=FIFTY)
Act = Callable[[House], Any]


class Two:
    """Two processes on one database, with a pilot for which everything is in place."""

    def __init__(self, one: Store, two: Store, library: Library) -> None:
        self.houses = (House(one, library), House(two, library))
        self.house = self.houses[0]
        one.write_sync(_settle_in)
        one.write_sync(_the_fifty)
        asks_only(self.house, item("monitoring"), item("rollback"))
        self.decided_by({"risk": 1})

    def decided_by(self, *steps: dict[str, int], **said: Any) -> None:
        """Let the first two gates be decided in these steps; the second one asks nothing more than the first."""
        policy = decided_by(self.house, *steps, **said)
        book = self.house.library.playbook
        second = {"id": "second", "from_stage": book.gates[1].from_stage, "to_stage": book.gates[1].to_stage}
        gates = (book.gates[0], book.gates[0].model_copy(update=second), *book.gates[2:])
        assert policy.id == gates[1].policy
        for house in self.houses:
            house.library = Library(book.model_copy(update={"gates": gates}), house.library.templates)

    def ready(self, name: str = "Refund triage") -> Pilot:
        pilot = self.house.do(pilots.register, MAYA, registration(name=name))
        for item_id in ("monitoring", "rollback"):
            self.house.do(interviews.change_answer, MAYA, pilot.id, item_id, IN_PLACE)
        return pilot

    def under_review(self, name: str = "Refund triage") -> Review:
        return self.house.do(requesting.request, MAYA, self.ready(name).id, ALL)

    def at_once(self, *acts: Act) -> list[Any]:
        """Let all act at the same instant, half of them through each process; return what came of each, or the refusal."""
        start, came = threading.Barrier(len(acts), timeout=60), [None] * len(acts)

        def one(number: int, act: Act) -> None:
            through = self.houses[number % 2]
            house = House(through.store, through.library, through.now)
            start.wait()
            try:
                came[number] = act(house)
            except Refusal as refused:
                came[number] = refused  # type: ignore[call-overload]  # what came of it is anything

        threads = [threading.Thread(target=one, args=numbered) for numbered in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return came

    def entries(self, pilot_id: str, what: str = "") -> list[AuditEntry]:
        every = self.house.store.read_sync(lambda tx: tx.audit.of(WORKSPACE, "pilot", pilot_id))
        return [one for one in every if one.what.startswith(what)]

    def check_record(self, pilot_id: str) -> None:
        """The chain holds, and the record alone tells how everything stands, whoever was first."""
        assert self.house.store.read_sync(lambda tx: examine(tx).problems) == []
        assert replayed.by_the_record(self.entries(pilot_id)) == self.house.store.read_sync(
            lambda tx: replayed.by_the_tables(tx, WORKSPACE, pilot_id)
        )


def _the_fifty(tx: Tx) -> None:
    for user_id in FIFTY:
        tx.people.remember(Person(workspace_id=WORKSPACE, user_id=user_id, name=user_id))


@pytest.fixture(params=["sqlite", "postgres"])
def two(request: pytest.FixtureRequest, tmp_path: Path, library: Library) -> Iterator[Two]:
    if request.param == "sqlite":
        url = fresh_database(tmp_path / "preflight.db")
    else:
        url = request.getfixturevalue("postgres_url")
    with Store.open(url) as one, Store.open(url) as other:
        yield Two(one, other, library)


def votes(by: str, review: Review, choice: Choice = Choice.APPROVE, *, conditional: bool = False) -> Act:
    """Return what a click does: a vote on what is shown now, perhaps on a condition that bears its author's name."""
    agreed = (Condition(what=by, owner_id=JONAS, due_on=review.expires_at.date()),) if conditional else ()

    def act(house: House) -> Review:
        mark = review.snapshot_hash[:MARK]
        return house.do(deciding.vote, by, review.id, mark, choice, ALL, reason="Why", conditions=agreed)

    return act


def refusals(came: list[Any]) -> list[Refusal]:
    return [one for one in came if isinstance(one, Refusal)]


def test_fifty_approvals_are_one_decision_one_move_and_one_set_of_conditions(two: Two) -> None:
    review = two.under_review()
    came = two.at_once(*(votes(who, review, conditional=True) for who in FIFTY))
    (decided,) = [one for one in came if isinstance(one, Review)]
    refused = refusals(came)
    assert {type(one) for one in refused} == {AlreadyDecided}
    assert len(refused) == 49
    assert {one.sentence for one in refused} == {
        f"This was already decided: approved by <@{decided.decided_by}>. Nothing was changed by your click."
    }
    story = replayed.by_the_record(two.entries(review.pilot_id))
    assert [move[0] for move in story.moves] == ["registered", "promoted"]
    assert list(story.conditions.values()) == [("open", decided.decided_by)]
    assert [vote[1] for vote in story.votes.values()] == [decided.decided_by]
    assert len(two.entries(review.pilot_id, "review.approved")) == 1
    two.check_record(review.pilot_id)


def test_fifty_who_do_not_agree_with_each_other_have_one_outcome(two: Two) -> None:
    review = two.under_review()
    choices = [Choice.APPROVE, Choice.DECLINE] * 25
    came = two.at_once(*(votes(who, review, said) for who, said in zip(FIFTY, choices, strict=True)))
    (decided,) = [one for one in came if isinstance(one, Review)]
    by = FIFTY.index(decided.decided_by or "")
    assert decided.state == {Choice.APPROVE: "approved", Choice.DECLINE: "declined"}[choices[by]]
    assert two.house.pilot(review.pilot_id).stage == ("shadow" if by % 2 == 0 else "pilot")
    assert {type(one) for one in refusals(came)} == {AlreadyDecided}
    assert all(f"<@{decided.decided_by}>" in one.sentence for one in refusals(came))
    two.check_record(review.pilot_id)


def test_of_fifty_three_fill_the_seats_of_a_quorum_and_each_is_another_person(two: Two) -> None:
    two.decided_by({"risk": 3})
    review = two.under_review()
    every_one_twice = [votes(who, review, conditional=True) for who in FIFTY[:25] for _ in range(2)]
    came = two.at_once(*every_one_twice)
    heard = [one for one in came if isinstance(one, Review)]
    assert sorted(one.state for one in heard) == ["approved", "open", "open"]
    story = replayed.by_the_record(two.entries(review.pilot_id))
    voters = {vote[1] for vote in story.votes.values()}
    assert len(voters) == len(story.votes) == 3
    assert {by for _, by in story.conditions.values()} == voters
    assert len(story.conditions) == 3
    refused = refusals(came)
    assert len(refused) == 47
    assert {type(one) for one in refused} <= {AlreadyDecided, VotedAlready}
    decider = next(one.decided_by for one in heard if one.state is ReviewState.APPROVED)
    assert all(f"<@{decider}>" in one.sentence for one in refused if isinstance(one, AlreadyDecided))
    two.check_record(review.pilot_id)


def test_of_fifty_requests_one_is_opened_and_the_others_hear_who_decides(two: Two) -> None:
    pilot = two.ready()
    others = board(risk=[PRIYA])
    came = two.at_once(
        *((lambda house, who=who: house.do(requesting.request, who, pilot.id, others)) for who in FIFTY)
    )
    assert len([one for one in came if isinstance(one, Review)]) == 1
    assert {one.sentence for one in refusals(came)} == {
        "A promotion of Refund triage is already before <!subteam^S0RISK>."
    }
    two.check_record(pilot.id)


def test_a_vote_is_taken_back_or_decides_and_never_both(two: Two) -> None:
    two.decided_by({"risk": 2})
    for number in range(4):
        review = two.under_review(f"Pilot {number}")
        votes(FIFTY[0], review)(two.house)

        def back(house: House, review: Review = review) -> Review:
            return house.do(deciding.take_back, FIFTY[0], review.id, ALL)

        acts = [votes(FIFTY[1], review), back]
        came = two.at_once(*(acts if number % 2 else reversed(acts)))
        now = two.house.do(reviews.get, MAYA, review.id)
        if now.state is ReviewState.APPROVED:
            assert {type(one) for one in refusals(came)} == {AlreadyDecided}
        else:
            assert now.is_open
            assert refusals(came) == []
        two.check_record(review.pilot_id)


def test_a_rollback_and_an_approval_are_one_after_the_other(two: Two) -> None:
    for number in range(4):
        first = two.under_review(f"Pilot {number}")
        votes(FIFTY[0], first)(two.house)
        review = two.house.do(requesting.request, MAYA, first.pilot_id, ALL)
        assert review.to_stage == "limited"

        def back(house: House, review: Review = review) -> Pilot:
            return house.do(
                stages.roll_back, MAYA, review.pilot_id, "shadow", "pilot", "It breaks", frozenset()
            )

        acts = [votes(FIFTY[1], review), back]
        came = two.at_once(*(acts if number % 2 else reversed(acts)))
        (refused,) = refusals(came)
        now, pilot = two.house.do(reviews.get, MAYA, review.id), two.house.pilot(review.pilot_id)
        if isinstance(refused, StageMoved):
            assert (now.state, pilot.stage) == ("approved", "limited")
        else:
            assert isinstance(refused, AlreadyDecided)
            assert "withdrawn" in refused.sentence
            assert (now.state, now.decided_by, pilot.stage) == ("withdrawn", MAYA, "pilot")
        kinds = [move[0] for move in replayed.by_the_record(two.entries(review.pilot_id)).moves]
        assert kinds[:2] == ["registered", "promoted"]
        assert len(kinds) == 3
        two.check_record(pilot.id)


@pytest.mark.parametrize(
    ("reading", "refusal"),
    [
        (IN_PLACE.model_copy(update={"detail": "Live since 4 April"}), errors.ChangedSince),
        (NOT_YET, errors.ChangedSince),
    ],
)
def test_an_approval_is_of_what_was_before_a_change_or_is_refused(
    two: Two, reading: Reading, refusal: type[Refusal]
) -> None:
    for number in range(4):
        review = two.under_review(f"Pilot {number}")

        def change(house: House, review: Review = review) -> Any:
            return house.do(interviews.change_answer, JONAS, review.pilot_id, "monitoring", reading)

        acts = [votes(FIFTY[0], review), change]
        came = two.at_once(*(acts if number % 2 else reversed(acts)))
        now = two.house.do(reviews.get, MAYA, review.id)
        order = [one.what for one in two.entries(review.pilot_id)]
        if now.state is ReviewState.APPROVED:
            assert refusals(came) == []
            assert now.snapshot_hash == review.snapshot_hash
            assert "review.changed" not in order
            assert order[::-1].index("answer.changed") < order[::-1].index("review.approved")
        else:
            assert [type(one) for one in refusals(came)] == [refusal]
            assert now.is_open
            assert now.snapshot_hash != review.snapshot_hash
            assert two.house.pilot(review.pilot_id).stage == "pilot"
        two.check_record(review.pilot_id)
