"""What the words of approvers amount to: whose votes count, which seats they fill, what is still awaited, how it ends.

A vote fills one seat, whatever roles its author has, so that a policy is met by as many people as it has seats. Seats of
earlier steps are filled first. Nothing here asks who is in a role; that was resolved at the moment of the click.
"""

from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet

from bot.domain.policies import Procedure
from bot.domain.reviews import Board, Choice, ReviewState, Vote
from bot.domain.values import Frozen


class SeatStanding(Frozen):
    """A role's seats in one step: who has filled them, and who still could."""

    role: str
    title: str
    needs: int
    filled_by: tuple[str, ...]
    awaited: frozenset[str]
    """Who could fill what is left; nobody where it is filled, or where nobody may."""

    @property
    def open(self) -> int:
        """How many people are still needed."""
        return self.needs - len(self.filled_by)


class StepStanding(Frozen):
    """One step of a policy as it stands."""

    title: str
    seats: tuple[SeatStanding, ...]

    @property
    def met(self) -> bool:
        return all(seat.open == 0 for seat in self.seats)


class Tally(Frozen):
    """How far a review is."""

    steps: tuple[StepStanding, ...]
    eligible: frozenset[str]
    """Who may speak now: the people of the roles of all steps so far, and of the fallback once it was called."""

    @property
    def met(self) -> bool:
        """Whether everybody whom the policy asks for has agreed."""
        return all(step.met for step in self.steps)

    @property
    def now(self) -> StepStanding | None:
        """The step that is being decided; None when all are."""
        return next((step for step in self.steps if not step.met), None)

    @property
    def needed(self) -> int:
        """How many people have to agree altogether."""
        return sum(seat.needs for step in self.steps for seat in step.seats)

    @property
    def given(self) -> int:
        """How many of them have."""
        return sum(len(seat.filled_by) for step in self.steps for seat in step.seats)

    @property
    def awaited(self) -> frozenset[str]:
        """The people of whom a word is awaited now."""
        return frozenset().union(*(seat.awaited for seat in self.now.seats)) if self.now else frozenset()

    @property
    def awaited_roles(self) -> tuple[SeatStanding, ...]:
        """The roles that something is awaited of now."""
        return tuple(seat for seat in self.now.seats if seat.open) if self.now else ()


def tally(
    procedure: Procedure,
    board: Board,
    votes: Iterable[Vote],
    excluded: AbstractSet[str],
    *,
    snapshot_hash: str,
    escalated: bool,
) -> Tally:
    """Count the votes on a snapshot.

    Only those of people who are in a role now and are not excluded fill a seat, so that who has left a role since does
    not decide with it. Whoever declined fills none.
    """
    counted = _approvals(votes, snapshot_hash, excluded)
    said_no = _decliners(votes, snapshot_hash)
    seats = _Seats(procedure, board, excluded | said_no, escalated=escalated)
    filled = seats.match(counted)
    steps: list[StepStanding] = []
    begun = True
    for number, step in enumerate(procedure.policy.steps):
        standings = []
        for seat in step.seats:
            by = tuple(person for person in counted if filled.get(person) == (number, seat.role))
            could = seats.people(seat.role) - set(filled) if begun and len(by) < seat.needs else frozenset()
            standings.append(
                SeatStanding(
                    role=seat.role,
                    title=_title(procedure, board, seat.role),
                    needs=seat.needs,
                    filled_by=by,
                    awaited=could,
                )
            )
        steps.append(StepStanding(title=step.title, seats=tuple(standings)))
        begun = begun and steps[-1].met
    open_to = next((n for n, step in enumerate(steps) if not step.met), len(steps) - 1)
    return Tally(
        steps=tuple(steps), eligible=_Seats(procedure, board, excluded, escalated=escalated).up_to(open_to)
    )


def would_count(
    procedure: Procedure,
    board: Board,
    votes: Sequence[Vote],
    excluded: AbstractSet[str],
    user_id: str,
    *,
    snapshot_hash: str,
    escalated: bool,
) -> bool:
    """Whether one more approval, of this person, would fill a seat of a step that is reached.

    It may also free somebody of two roles for a later seat; so another voice of a role that has agreed can be needed.
    """
    counted = _approvals(votes, snapshot_hash, excluded)
    seats = _Seats(procedure, board, excluded, escalated=escalated)
    reached = seats.reached(counted)
    return len(seats.match([*counted, user_id], reached)) > len(seats.match(counted, reached))


def can_be_met(
    procedure: Procedure, board: Board, excluded: AbstractSet[str], *, escalated: bool = False
) -> bool:
    """Whether enough people are left who could agree, each in one seat."""
    seats = _Seats(procedure, board, excluded, escalated=escalated)
    return len(seats.match(sorted(seats.up_to(len(procedure.policy.steps) - 1)))) == seats.count


def short_roles(procedure: Procedure, board: Board, excluded: AbstractSet[str]) -> tuple[str, ...]:
    """Return the roles, by id, that have too few people who may decide, for the sentence that says whom to add."""
    seats = _Seats(procedure, board, excluded, escalated=False)
    filled = seats.match(sorted(seats.up_to(len(procedure.policy.steps) - 1)))
    taken = list(filled.values())
    return tuple(
        dict.fromkeys(
            seat.role
            for number, step in enumerate(procedure.policy.steps)
            for seat in step.seats
            if taken.count((number, seat.role)) < seat.needs
        )
    )


def outcome(
    procedure: Procedure,
    board: Board,
    votes: Sequence[Vote],
    excluded: AbstractSet[str],
    *,
    snapshot_hash: str,
    escalated: bool,
) -> ReviewState:
    """Return how a review stands after a vote: approved when its policy is met, declined when it cannot be any more."""
    said_no = _decliners(votes, snapshot_hash) - excluded
    now = tally(procedure, board, votes, excluded, snapshot_hash=snapshot_hash, escalated=escalated)
    if said_no and procedure.policy.decline_ends:
        return ReviewState.DECLINED
    if now.met:
        return ReviewState.APPROVED
    left = can_be_met(procedure, board, excluded | said_no, escalated=escalated)
    return ReviewState.OPEN if left or not said_no else ReviewState.DECLINED


def _approvals(votes: Iterable[Vote], snapshot_hash: str, excluded: AbstractSet[str]) -> list[str]:
    """Return who agrees, first to last and once each."""
    ordered = sorted(votes, key=lambda vote: (vote.voted_at, vote.user_id))
    said_no = _decliners(ordered, snapshot_hash)
    return list(
        dict.fromkeys(
            vote.user_id
            for vote in ordered
            if vote.choice is Choice.APPROVE
            and vote.counts_for(snapshot_hash)
            and vote.user_id not in excluded | said_no
        )
    )


def _decliners(votes: Iterable[Vote], snapshot_hash: str) -> frozenset[str]:
    return frozenset(
        vote.user_id for vote in votes if vote.choice is Choice.DECLINE and vote.counts_for(snapshot_hash)
    )


def _title(procedure: Procedure, board: Board, role_id: str) -> str:
    resolved, role = board.role(role_id), procedure.role(role_id)
    return resolved.title if resolved else role.title if role else role_id


_Place = tuple[int, str]
"""A step, by number, and a role: a vote sits in one."""


class _Seats:
    """The seats of a policy and the people who could take them."""

    def __init__(
        self, procedure: Procedure, board: Board, excluded: AbstractSet[str], *, escalated: bool
    ) -> None:
        policy = procedure.policy
        self._steps = policy.steps
        self._fallback = (
            board.people_of(policy.fallback) - excluded if escalated and policy.fallback else frozenset()
        )
        self._people: Mapping[str, frozenset[str]] = {
            role: (board.people_of(role) - excluded) | self._fallback for role in policy.roles
        }

    @property
    def count(self) -> int:
        return sum(seat.needs for step in self._steps for seat in step.seats)

    def people(self, role: str) -> frozenset[str]:
        return self._people.get(role, frozenset())

    def up_to(self, step: int) -> frozenset[str]:
        """Return everybody who is in a role of this step or an earlier one."""
        roles = (seat.role for one in self._steps[: step + 1] for seat in one.seats)
        return frozenset().union(*(self.people(role) for role in roles))

    def reached(self, voters: Sequence[str]) -> int:
        """Return the number of the first step that these voters leave open, or of the last one."""
        for number in range(len(self._steps)):
            wanted = sum(seat.needs for step in self._steps[: number + 1] for seat in step.seats)
            if len(self.match(voters, number)) < wanted:
                return number
        return len(self._steps) - 1

    def match(self, voters: Sequence[str], last_step: int | None = None) -> dict[str, _Place]:
        """Seat as many voters as can be, earlier steps first; return who sits where.

        Augmenting paths (Kuhn 1955): a seat that is filled stays filled, though perhaps by another voter.
        """
        places = [
            (number, seat.role)
            for number, step in enumerate(self._steps)
            if last_step is None or number <= last_step
            for seat in step.seats
            for _ in range(seat.needs)
        ]
        seated: dict[str, int] = {}

        def fill(place: int, tried: set[str]) -> bool:
            for voter in voters:
                if voter in tried or voter not in self.people(places[place][1]):
                    continue
                tried.add(voter)
                if voter not in seated or fill(seated[voter], tried):
                    seated[voter] = place
                    return True
            return False

        for place in range(len(places)):
            fill(place, set())
        return {voter: places[place] for voter, place in seated.items()}
