"""Who may decide a review and whether enough have, tried out one possibility after the other, for the tests of the gate.

Deliberately none of the code under test: no matching, no tally. It reads the policy as administrators wrote it, who is in
which role just now, and who has said what; and it tries every way of seating people.
"""

from collections.abc import Iterable, Mapping, Set as AbstractSet
from dataclasses import dataclass
from itertools import permutations

from bot.domain.answers import Answer
from bot.domain.people import Person
from bot.domain.policies import Policy
from bot.domain.reviews import Review, Vote

Roles = Mapping[str, AbstractSet[str]]


@dataclass(frozen=True)
class Around:
    """Everything around a review at the moment of a click."""

    review: Review
    policy: Policy
    roles: Roles
    people: Mapping[str, Person]
    champion_id: str
    votes: tuple[Vote, ...]
    answers: tuple[Answer, ...]
    """Every answer that was ever given."""
    critical: frozenset[str]

    def is_fit(self, user_id: str) -> bool:
        """Whether somebody is a full, active, human member of this workspace."""
        person = self.people.get(user_id)
        if person is None or person.deactivated or person.guest or person.bot:
            return False
        return person.home_workspace_id in {"", person.workspace_id}

    def is_barred(self, user_id: str) -> bool:
        """Whether the rules give somebody no say, whatever roles they have."""
        if user_id in self.policy.never:
            return True
        if self.policy.self_approval:
            return False
        return user_id in {self.review.requested_by, self.champion_id} or self.alone(user_id)

    def alone(self, user_id: str) -> bool:
        """Whether nobody else stands behind something critical: nobody else has ever said what is said of it now.

        As long as it is not settled, whoever has said anything about it counts.
        """
        for item_id in self.critical:
            given = [one for one in self.answers if one.item_id == item_id and one.status != "skipped"]
            now = max(given, key=lambda one: one.revision, default=None)
            settled = now is not None and now.status in {"in_place", "not_applicable"}
            same = [one for one in given if not settled or (now and one.status == now.status)]
            if {one.answered_by for one in same} == {user_id}:
                return True
        return False

    def in_role(self, role: str, user_id: str) -> bool:
        """Whether somebody may sit in a role's seats now; the fallback may in everybody's once it was called."""
        called = self.review.escalated_at is not None and self.policy.fallback
        has_it = user_id in self.roles.get(role, frozenset())
        stands_in = bool(called) and user_id in self.roles.get(self.policy.fallback or "", frozenset())
        return (has_it or stands_in) and self.is_fit(user_id) and not self.is_barred(user_id)

    def has_any_role(self, user_id: str) -> bool:
        """Whether somebody is in a role that decides at some time, or in the fallback."""
        named = {seat.role for step in self.policy.steps for seat in step.seats}
        return any(user_id in self.roles.get(role, ()) for role in named | {self.policy.fallback or ""})

    def agreed(self) -> list[str]:
        """Return who has approved what is reviewed now, and has neither taken that back nor declined."""
        standing = [
            v for v in self.votes if v.withdrawn_at is None and v.snapshot_hash == self.review.snapshot_hash
        ]
        said_no = {v.user_id for v in standing if v.choice == "decline"}
        return sorted({v.user_id for v in standing if v.choice == "approve"} - said_no)

    def is_met(self, steps: int | None = None) -> bool:
        """Whether those who agreed can take all seats of so many steps, each person one of them; of all steps by default."""
        return can_sit(self, self.seats(steps), self.agreed())

    def could_be_met(self) -> bool:
        """Whether there are enough people at all who may decide; whoever was never seen yet may turn out to be one."""
        inside = {one for people in self.roles.values() for one in people if not self.is_barred(one)}
        able = sorted(one for one in inside if one not in self.people or self.is_fit(one))
        return any(
            all(person in self.roles.get(role, ()) for role, person in zip(self.seats(), row, strict=True))
            for row in permutations(able, len(self.seats()))
        )

    def seats(self, steps: int | None = None) -> list[str]:
        """Return the role of every seat of so many steps, of all by default."""
        return [
            seat.role for step in self.policy.steps[:steps] for seat in step.seats for _ in range(seat.needs)
        ]

    def has_a_turn(self, user_id: str) -> bool:
        """Whether somebody has a say now: in a role of the step that is being decided, or of one before it."""
        reached = next((n for n in range(len(self.policy.steps)) if not self.is_met(n + 1)), None)
        until = len(self.policy.steps) if reached is None else reached + 1
        roles = {seat.role for step in self.policy.steps[:until] for seat in step.seats}
        return any(self.in_role(role, user_id) for role in roles)


def can_sit(around: Around, seats: list[str], people: Iterable[str]) -> bool:
    """Whether there is a way to put another one of these people on every seat."""
    return any(
        all(around.in_role(role, person) for role, person in zip(seats, row, strict=True))
        for row in permutations(people, len(seats))
    )
