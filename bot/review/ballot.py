"""A review with everything that its votes are counted by. Reads through the desk; the counting is `domain.voting`'s."""

from dataclasses import dataclass
from functools import cached_property

from bot.desk import Desk
from bot.domain import barring, review as rules, voting
from bot.domain.pilots import Pilot
from bot.domain.policies import Procedure
from bot.domain.reviews import Board, Review, ReviewState, Vote
from bot.domain.voting import Tally
from prompts.english import mid_sentence


@dataclass(frozen=True)
class Ballot:
    """The votes on a review, with who may cast one."""

    review: Review
    pilot: Pilot
    procedure: Procedure
    board: Board
    votes: tuple[Vote, ...]
    excluded: frozenset[str]
    """Who may not decide whatever roles they have: barred by the rules, or unable to."""

    @cached_property
    def tally(self) -> Tally:
        return voting.tally(
            self.procedure,
            self.board,
            self.votes,
            self.excluded,
            snapshot_hash=self.review.snapshot_hash,
            escalated=self._escalated,
        )

    @property
    def awaited(self) -> str:
        """Whose word is awaited, in a sentence."""
        return rules.awaited_of(self.tally, self.board)

    @property
    def outcome(self) -> ReviewState:
        """How the review stands by these votes."""
        return voting.outcome(
            self.procedure,
            self.board,
            self.votes,
            self.excluded,
            snapshot_hash=self.review.snapshot_hash,
            escalated=self._escalated,
        )

    @property
    def short(self) -> tuple[str, ...]:
        """The roles, by id, that have too few people who may decide."""
        if voting.can_be_met(self.procedure, self.board, self.excluded, escalated=self._escalated):
            return ()
        return voting.short_roles(self.procedure, self.board, self.excluded)

    def would_count(self, user_id: str) -> bool:
        """Whether an approval of this person would fill a seat."""
        return voting.would_count(
            self.procedure,
            self.board,
            self.votes,
            self.excluded,
            user_id,
            snapshot_hash=self.review.snapshot_hash,
            escalated=self._escalated,
        )

    def is_fallback_only(self, user_id: str) -> bool:
        """Whether somebody has a say here only because others have not spoken for long."""
        return not any(user_id in self.board.people_of(role) for role in self.procedure.policy.roles)

    def standing(self, user_id: str) -> Vote | None:
        """Return the vote of a person on what is reviewed now."""
        hash_now = self.review.snapshot_hash
        return next((v for v in self.votes if v.user_id == user_id and v.counts_for(hash_now)), None)

    @property
    def _escalated(self) -> bool:
        return self.review.escalated_at is not None


def procedure_of(desk: Desk, review: Review, pilot: Pilot) -> Procedure | None:
    """Return how a review is decided; None where the playbook has lost its gate or its policy."""
    gate = desk.playbook.gate(review.gate_id)
    return desk.playbook.procedure(gate, rules.deciding_tier(review, pilot)) if gate else None


def ballot_of(desk: Desk, review: Review, pilot: Pilot, procedure: Procedure, board: Board) -> Ballot:
    """Return the votes on a review as they are, with the board as Slack said it last."""
    excluded = excluded_from(desk, review.requested_by, review.gate_id, pilot, procedure, board)
    votes = tuple(desk.tx.votes.of_review(review.id))
    return Ballot(review, pilot, procedure, board, votes, excluded)


def excluded_from(
    desk: Desk, requested_by: str, gate_id: str, pilot: Pilot, procedure: Procedure, board: Board
) -> frozenset[str]:
    """Return who may not decide about a request: barred by the rules, or known to be unable to."""
    barred = barring.barred(
        procedure,
        requested_by=requested_by,
        champion_id=pilot.champion_id,
        alone=barring.lone_answerers(
            desk.tx.answers.history(pilot.id), critical_items(desk, gate_id), naming_items(procedure)
        ),
    )
    known = (
        desk.tx.people.get(desk.at.workspace_id, one) for one in sorted(rules.all_people(procedure, board))
    )
    return barred | rules.unfit(person for person in known if person)


def critical_items(desk: Desk, gate_id: str) -> frozenset[str]:
    """Return the items on which a gate depends."""
    gate = desk.playbook.gate(gate_id)
    return (
        frozenset(item.id for item in desk.playbook.items_of(gate) if item.critical) if gate else frozenset()
    )


def naming_items(procedure: Procedure) -> frozenset[str]:
    """Return the items whose answers say who decides: nobody becomes one of those by an answer of their own."""
    deciding = {*procedure.policy.roles, procedure.policy.fallback}
    return frozenset(role.item for role in procedure.roles if role.item and role.id in deciding)


def answered_alone(desk: Desk, review: Review, procedure: Procedure, user_id: str) -> list[str]:
    """Return the titles of the items on which the decision depends and that nobody but this person has answered."""
    history = desk.tx.answers.history(review.pilot_id)
    critical, naming = critical_items(desk, review.gate_id), naming_items(procedure)
    found = (desk.playbook.item(one) for one in sorted(critical | naming))
    return [
        mid_sentence(item.title)
        for item in found
        if item and user_id in barring.lone_answerers(history, {item.id} & critical, {item.id} & naming)
    ]
