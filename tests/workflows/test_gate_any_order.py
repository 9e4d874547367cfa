"""The gate in any order: whoever does what when, also without the right, also late, also on what they saw before.

What must always hold, and is worked out here anew by reading rows and trying every possibility, without the rules under test:

- Nobody's vote is kept who is barred, in no role whose turn it is, a guest, a bot, deactivated, from elsewhere or unknown;
  such a try changes nothing. Nobody else is told that they have no right to.
- A promotion needs a click on Approve after which as many different people as the policy has seats, each in a role and
  with the right to at that moment, have approved the very snapshot that was approved; while everything critical was in
  place and no question was open. A click on Decline never approves, and a click on Approve never declines.
- A review has one decision, and a pilot one open review at a gate. Once it is decided, neither the review nor its votes
  nor what it showed ever changes. Every vote's snapshot can be opened, and its hash is that of its content.
- An open review shows the answers as they are, as far as the policy calls them material; a slip mended is no change.
- The stage is where the last move led, every move begins where the one before it ended, and a rollback leads where the
  pilot has been.
- The record alone tells how everything stands: stage, moves, reviews and who decided, standing votes, questions,
  conditions, handovers, owner, hold and flags. Its chain holds.
- The pilot's count of flags is that of the flags that are raised.
- The card of a review has buttons for deciding exactly as long as it can be decided.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.domain.actions import ActionState
from bot.domain.answers import Status
from bot.domain.errors import Refusal
from bot.domain.handovers import HandoverState
from bot.domain.people import Person
from bot.domain.policies import Material, Policy
from bot.domain.review import NobodyMayApprove
from bot.domain.reviews import ChangeState, Choice, Condition, Review, ReviewKind, Vote
from bot.domain.values import PREFLIGHT
from bot.handover import workflow as handovers
from bot.interview import workflow as interviews
from bot.pilots.errors import FieldsRefused
from bot.reopening import workflow as reopening
from bot.review import changes, conditions, deciding, reminding, requesting
from bot.review.messages import MARK
from bot.stages import emergency, workflow as stages
from bot.stages.seen import seen_hold
from storage.transaction import Tx
from storage.verification import examine
from tests.fresh import KeptEngines

from . import gate_held as held
from .conftest import JONAS, MAYA, PRIYA, SAM, WORKSPACE
from .gate_held import Seen
from .gate_world import (
    EVERYBODY,
    FIRST,
    FRESH_FOR,
    MENDED,
    NINA,
    ROLES,
    SECOND,
    STAFF,
    TEXTS,
    UNCRITICAL,
    WAYS,
    Ground,
    World,
    asked_by,
    library_with,
    policy_of,
    said,
)
from .gates import LENA, RAJ, TOMAS

WHY = "Because of this"
WAYS_OUT = (*(4 * ["roll_back"]), "hold", "hold", "resume", "retire", "revive", "revive")
ASKED = ("readiness", "shadow-exit")
STAGES = ("idea", "pilot", "pilot", "shadow", "limited")
everybody, staff, roles = st.sampled_from(EVERYBODY), st.sampled_from(STAFF), st.sampled_from(sorted(ROLES))
KINDS = ("awaited", "awaited", "later", "unable", "outside")
MARKS = ("now", "now", "now", "old", "none", "x" * 12)
team = st.sampled_from([MAYA, JONAS]) | everybody
items, which = st.sampled_from((*FIRST, *SECOND)), st.integers(0, 20)
attempts = st.tuples(st.sampled_from(KINDS), which, st.sampled_from(list(Choice)), st.sampled_from(MARKS))
policies = st.builds(
    policy_of,
    name=st.just("first"),
    way=st.integers(0, len(WAYS) - 1),
    never=st.sampled_from([TOMAS, PRIYA, NINA]),
    material=st.sampled_from(
        [frozenset(Material), frozenset({Material.BAR, Material.OWNER}), frozenset({Material.WORDS})]
    ),
    ends=st.booleans(),
    own=st.booleans(),
)


class AnyOrder(RuleBasedStateMachine):
    """One pilot, two gates, thirteen people who may try anything, and time."""

    ground: Ground

    @initialize(first=policies, second=policies, ahead=st.booleans())
    def begins(self, first: Policy, second: Policy, *, ahead: bool) -> None:
        self.world = World(self.ground, library_with(first, second.model_copy(update={"id": "second"})))
        self.house, self.pilot_id = self.world.house, self.world.pilot_id
        self.seen: Seen = held.look(self.world)
        self.over: dict[str, tuple[Review, tuple[Vote, ...]]] = {}
        if ahead:
            self.breaks_the_glass(RAJ)
            self.seen = held.look(self.world)
        self.requests(JONAS)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            held.check_snapshots(self.world, self.seen)
            assert self.read(lambda tx: examine(tx).problems) == []
            self.world.end()

    @invariant()
    def it_holds(self) -> None:
        if not hasattr(self, "world"):
            return
        self.seen = seen = held.look(self.world)
        held.check_one_decision(seen, self.over)
        held.check_shows_what_is_true(seen, self.house.now)
        held.check_moves(seen)
        held.check_record(seen)
        held.check_shown(seen)

    def read(self, look: Callable[[Tx], Any]) -> Any:
        return self.house.store.read_sync(look)

    def tries(self, work: Callable[..., Any], by: str, *args: Any, **said: Any) -> Refusal | None:
        """Let somebody try something; return what they are told where it is refused.

        A minute passes each time: what is done at one instant is in the order of random ids, so no run could be repeated.
        """
        self.house.later(minutes=1)
        try:
            self.house.do(work, by, *args, **said)
        except FieldsRefused as refused:
            return refused.fields[0]
        except Refusal as refused:
            return refused
        return None

    def one_of(self, n: int) -> Review:
        return self.seen.open[n % len(self.seen.open)]

    # What changes what is reviewed

    @rule(by=team, item_id=items, text=st.sampled_from([*TEXTS, *MENDED]))
    def answers(self, by: str, item_id: str, text: str) -> None:
        self.tries(interviews.change_answer, by, self.pilot_id, item_id, said(Status.IN_PLACE, text))

    @rule(
        by=staff,
        item_id=items,
        status=st.sampled_from([Status.NOT_YET, Status.NOT_APPLICABLE]),
        order=st.permutations(STAFF),
    )
    def answers_otherwise_and_some_approve(
        self, by: str, item_id: str, status: Status, order: list[str]
    ) -> None:
        reading = said(status, "It is switched off today")
        self.tries(interviews.change_answer, by, self.pilot_id, item_id, reading)
        for review in self.seen.open[:1]:
            self.all_approve(review.id, order[:4])

    @rule(role=roles, who=everybody)
    def somebody_joins_or_leaves_a_role(self, role: str, who: str) -> None:
        self.world.roles[role] ^= {who}

    @rule(who=staff)
    def somebody_is_deactivated_or_comes_back(self, who: str) -> None:
        person: Person = self.read(lambda tx: tx.people.get(WORKSPACE, who))
        changed = person.model_copy(update={"deactivated": not person.deactivated})
        self.house.store.write_sync(lambda tx: tx.people.remember(changed))
        self.house.do(reopening.person_gone, PREFLIGHT, who)

    # Reviews

    @precondition(lambda self: not self.seen.open)
    @rule(by=st.sampled_from([MAYA, JONAS, NINA]))
    def everything_is_put_in_place_and_requested(self, by: str) -> None:
        if self.seen.pilot.hold:
            self.tries(stages.resume, MAYA, self.pilot_id)
        for item_id in (*FIRST, *SECOND):
            if self.seen.answers[item_id].status is not Status.IN_PLACE:
                self.tries(interviews.change_answer, NINA, self.pilot_id, item_id, said(Status.IN_PLACE))
        self.requests(by)

    @rule(by=team)
    def requests(self, by: str) -> None:
        gate = self.house.library.playbook.gate_from(self.seen.pilot.stage)
        refused = self.tries(requesting.request, by, self.pilot_id, self.world.board())
        if gate and gate.id in ASKED and (refused is None or isinstance(refused, NobodyMayApprove)):
            facts: Any = {"id": "", "gate_id": gate.id, "requested_by": by, "escalated_at": None}
            asked = Review.model_construct(**facts)
            around = self.read(lambda tx: self.world.around(tx, asked))
            assert around.could_be_met() is (refused is None)

    @precondition(lambda self: self.seen.open)
    @rule(n=which, some=st.lists(attempts, min_size=3, max_size=6), on_condition=st.booleans())
    def some_vote(self, n: int, some: list[tuple[str, int, Choice, str]], *, on_condition: bool) -> None:
        review_id = self.one_of(n).id
        self.all_try_who_may_not(self.one_of(n), some[0][2])
        for kind, who, choice, mark in some:
            review = self.seen.review(review_id)
            self.votes(review, self.somebody(review, kind, who), choice, mark, on_condition=on_condition)
            self.seen = held.look(self.world)

    @precondition(lambda self: self.seen.reviews)
    @rule(by=staff, n=which, choice=st.sampled_from(list(Choice)))
    def somebody_votes_on_any_card(self, by: str, n: int, choice: Choice) -> None:
        self.votes(self.seen.reviews[n % len(self.seen.reviews)], by, choice)

    @precondition(lambda self: self.seen.open)
    @rule(n=which, order=st.permutations(STAFF), clear=st.booleans(), out=st.booleans())
    def one_after_another_approves(self, n: int, order: list[str], *, clear: bool, out: bool) -> None:
        review = self.one_of(n)
        for asked in self.open_questions() if clear else ():
            self.tries(changes.take_back, asked.asked_by, asked.id)
        if out:
            self.somebody_agrees_and_is_out_of_their_roles_meanwhile(review, order)
        else:
            self.all_approve(review.id, order)

    def somebody_agrees_and_is_out_of_their_roles_meanwhile(self, review: Review, order: list[str]) -> None:
        """Let one approve and leave; others approve meanwhile; the one is back, and somebody else declines or approves."""
        gone, last = self.somebody(review, "awaited", len(order[0])), order.index(JONAS) % 2
        self.all_approve(review.id, [gone])
        theirs = [role for role, people in self.world.roles.items() if gone in people]
        for role in theirs:
            self.world.roles[role].discard(gone)
        self.all_approve(review.id, [one for one in order[:5] if one != gone])
        for role in theirs:
            self.world.roles[role].add(gone)
        self.seen = held.look(self.world)
        now = self.seen.review(review.id)
        self.votes(now, self.somebody(now, "awaited", order.index(MAYA)), list(Choice)[last])

    @precondition(lambda self: self.seen.open)
    @rule(by=everybody, n=which, own=st.booleans())
    def takes_a_vote_back(self, by: str, n: int, *, own: bool) -> None:
        review = self.one_of(n)
        standing = [v.user_id for v in self.seen.votes(review.id) if v.counts_for(review.snapshot_hash)]
        who = standing[n % len(standing)] if own and standing else by
        refused = self.tries(deciding.take_back, who, review.id, self.world.board())
        assert refused or who in standing

    @precondition(lambda self: self.seen.open)
    @rule(who=which, n=which, kind=st.sampled_from(KINDS))
    def hands_back_a_question(self, who: int, n: int, kind: str) -> None:
        review = self.one_of(n)
        mark, by = review.snapshot_hash[:MARK], self.somebody(review, kind, who)
        refused = self.tries(changes.ask, by, review.id, mark, "How?", self.world.board())
        assert refused or self.seen.around[review.id].has_a_turn(by)

    @precondition(lambda self: self.open_questions())
    @rule(by=team, answers=st.booleans(), own=st.booleans())
    def settles_a_question(self, by: str, *, answers: bool, own: bool) -> None:
        asked = self.open_questions()[-1]
        review = self.seen.review(asked.review_id)
        if answers:
            refused = self.tries(changes.answer, by, asked.id, "Like this")
            assert refused or by in {review.requested_by, self.seen.pilot.champion_id}
        else:
            who = asked.asked_by if own else by
            refused = self.tries(changes.take_back, who, asked.id)
            assert refused or who == asked.asked_by

    @precondition(lambda self: self.seen.open)
    @rule(by=team, n=which)
    def withdraws(self, by: str, n: int) -> None:
        review = self.one_of(n)
        refused = self.tries(requesting.withdraw, by, review.id, WHY)
        assert refused or (by == review.requested_by and review.kind is ReviewKind.PROMOTION)

    @precondition(lambda self: "open" in {state for state, _ in self.seen.story.conditions.values()})
    @rule(by=everybody, state=st.sampled_from([ActionState.DONE, ActionState.DROPPED]))
    def settles_a_condition(self, by: str, state: ActionState) -> None:
        is_open = [
            (who, one) for one, (stands, who) in self.seen.story.conditions.items() if stands == "open"
        ]
        _, one = min(is_open, key=lambda pair: pair[0])
        self.tries(conditions.close, by, one, state, WHY, board=self.world.board())

    def open_questions(self) -> list[Any]:
        return [one for one in self.seen.questions if one.state is ChangeState.OPEN]

    def somebody(self, review: Review, kind: str, who: int) -> str:
        """Return somebody of a kind, as seen from a review; anybody where there is nobody of it."""
        around = self.seen.around[review.id]
        inside = [one for one in EVERYBODY if around.has_any_role(one)]
        able = [one for one in inside if around.is_fit(one) and not around.is_barred(one)]
        kinds = {
            "awaited": [one for one in able if around.has_a_turn(one)],
            "later": [one for one in able if not around.has_a_turn(one)],
            "unable": [one for one in inside if one not in able],
            "outside": [one for one in STAFF if one not in inside],
        }
        found = kinds[kind] or EVERYBODY
        return found[who % len(found)]

    def all_try_who_may_not(self, review: Review, choice: Choice) -> None:
        """Let everybody try who has no turn, and who has one on something else than what is reviewed; none is heard."""
        around = self.seen.around[review.id]
        for by in EVERYBODY:
            mark = self.old_mark(review) if around.has_a_turn(by) else review.snapshot_hash[:MARK]
            refused = self.tries(deciding.vote, by, review.id, mark, choice, self.world.board(), reason=WHY)
            assert refused, (by, choice, mark)
            held.check_refusal(refused, around, by)
        assert held.look(self.world).entries == self.seen.entries

    def all_approve(self, review_id: str, order: list[str]) -> None:
        """Let those of some people who have a turn approve, one after another, as long as it is open."""
        for by in order:
            self.seen = held.look(self.world)
            review = self.seen.review(review_id)
            if review.is_open and self.seen.around[review_id].has_a_turn(by):
                self.votes(review, by, Choice.APPROVE, on_condition=by in {SAM, LENA})
        self.seen = held.look(self.world)

    def votes(
        self, review: Review, by: str, choice: Choice, mark: str = "now", *, on_condition: bool = False
    ) -> None:
        """Let somebody vote, and check whether they were heard, and what came of it, against what was tried out."""
        before, at = self.seen.around[review.id], self.house.now
        marks = {"now": review.snapshot_hash[:MARK], "old": self.old_mark(review), "none": ""}
        due = at.date() + timedelta(days=2)
        agreed = (Condition(what="Tell the council", owner_id=JONAS, due_on=due),) if on_condition else ()
        shown = marks.get(mark, mark)
        refused = self.tries(
            deciding.vote, by, review.id, shown, choice, self.world.board(), reason=WHY, conditions=agreed
        )
        seen = held.look(self.world)
        if refused:
            assert seen.entries == self.seen.entries
            assert seen.around[review.id].votes == before.votes
            held.check_refusal(refused, before, by)
            return
        assert review.is_open
        assert self.house.now < review.expires_at
        assert before.has_a_turn(by)
        assert shown == review.snapshot_hash[:MARK] or (not shown and review.changed_at is None)
        asked = [one for one in self.open_questions() if one.review_id == review.id]
        assert choice is Choice.DECLINE or not asked
        held.check_outcome(seen, review.id, by, choice)
        if choice is Choice.APPROVE and review.kind is ReviewKind.PROMOTION:
            self.check_ready(review)

    def old_mark(self, review: Review) -> str:
        """Return the mark of another snapshot than the present one, of this review or of another."""
        others = {vote.snapshot_hash for one in self.seen.reviews for vote in self.seen.votes(one.id)}
        return next(iter(sorted(others - {review.snapshot_hash})), "0" * 12)[:MARK]

    def check_ready(self, review: Review) -> None:
        """Check that everything critical was in place, and said lately enough, or does not apply."""
        for item_id in set(asked_by(review.gate_id)) - {UNCRITICAL}:
            given = self.seen.answers[item_id]
            assert given.status in {Status.IN_PLACE, Status.NOT_APPLICABLE}
            assert self.house.now < given.answered_at + FRESH_FOR

    # Stages, owners, time

    @rule(by=team, way=st.sampled_from(WAYS_OUT), to=st.sampled_from(STAGES), days=st.integers(0, 6))
    def goes_another_way(self, by: str, way: str, to: str, days: int) -> None:
        pilot = self.seen.pilot
        if way == "roll_back":
            been_in = {move.to_stage for move in self.seen.moves}
            refused = self.tries(stages.roll_back, by, pilot.id, pilot.stage, to, WHY, frozenset())
            assert refused or to in been_in
        elif way == "hold":
            until = self.house.now.date() + timedelta(days=days)
            self.tries(stages.hold, by, pilot.id, seen_hold(pilot), WHY, until)
        elif way == "resume":
            self.tries(stages.resume, by, pilot.id)
        elif way == "retire":
            self.tries(stages.retire, by, pilot.id, WHY, "Much")
        else:
            self.tries(stages.revive, by, pilot.id, WHY)

    @rule(by=st.sampled_from([RAJ, SAM]) | everybody)
    def breaks_the_glass(self, by: str) -> None:
        pilot, board = self.seen.pilot, self.world.board()
        refused = self.tries(emergency.break_glass, by, pilot.id, pilot.stage, pilot.name, WHY, board)
        assert refused or by in self.world.roles["emergency"]

    @rule(by=team, to=staff, answers=st.sampled_from(["no", "somebody", "asked"]), accepts=st.booleans())
    def hands_over(self, by: str, to: str, answers: str, *, accepts: bool) -> None:
        if answers == "no":
            self.tries(handovers.propose, by, self.pilot_id, to)
            return
        latest = self.read(lambda tx: tx.handovers.of_pilot(self.pilot_id))[-1]
        who = latest.to_id if answers == "asked" else to
        on = self.house.now.date() + timedelta(days=30)
        entered = handovers.Entered("https://wiki.example/runbook", (), "The rota", on)
        if accepts:
            refused = self.tries(handovers.accept, who, latest.id, entered)
        else:
            refused = self.tries(handovers.refuse, who, latest.id, WHY)
        assert refused or (latest.state is HandoverState.PROPOSED and who == latest.to_id)

    @rule(hours=st.sampled_from([0, 1, 24, 48, 72, 24 * 8]), sweeps=st.booleans())
    def time_passes_and_the_process_begins_again(self, hours: int, *, sweeps: bool) -> None:
        self.world.restart()
        self.house.later(hours=hours)
        if not sweeps:
            return
        self.house.do(requesting.expire, PREFLIGHT)
        self.house.do(reopening.sweep, PREFLIGHT)
        for review in held.look(self.world).open:
            assert self.house.now < review.expires_at
            self.house.do(reminding.escalate_if_due, PREFLIGHT, review, self.world.board())


@pytest.fixture(scope="module", autouse=True)
def ground(tmp_path_factory: pytest.TempPathFactory, kept_engines: KeptEngines) -> None:
    """Prepare once what every run begins with."""
    AnyOrder.ground = Ground(tmp_path_factory.mktemp("gate"), kept_engines)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=15, stateful_step_count=25, deadline=None, derandomize=True)
