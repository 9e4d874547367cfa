"""Gates that are decided by a policy, for tests of reviews: the first gate of the tests' own playbook, decided otherwise."""

from collections.abc import Iterable
from typing import Any

from bot.domain.answers import Answer, Reading, Status
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.policies import SIMPLE, ApproverRole, Policy, PolicyStep, Seat
from bot.domain.reviews import Board, Choice, Resolved, Review
from bot.interview import shown, workflow as interviews
from bot.review import deciding, requesting, workflow as reviews
from bot.review.messages import MARK
from prompts.library import Library
from storage.transaction import Tx

from .conftest import MAYA, WORKSPACE, House

LENA, TOMAS, RAJ = "U0LENA", "U0TOMAS", "U0RAJ"
IN_PLACE = Reading(status=Status.IN_PLACE, detail="Live since 3 March", evidence=("https://a.example/proof",))
NOT_YET = Reading(status=Status.NOT_YET, detail="It was switched off")
GATE = "readiness"


def ready(house: House, pilot: Pilot) -> Pilot:
    """Let Maya answer everything that the first gate asks."""
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(interview.id), "1000.000000")
    for item_id in interview.asked:
        house.do(interviews.change_answer, MAYA, pilot.id, item_id, IN_PLACE)
    return house.pilot(pilot.id)


def changes(house: House, review: Review, item_id: str, reading: Reading, by: str = MAYA) -> Answer | None:
    """Let somebody change an answer while it is under review."""
    house.do(interviews.change_answer, by, review.pilot_id, item_id, reading)
    return house.store.read_sync(lambda tx: tx.answers.current(review.pilot_id)).get(item_id)


def decided_by(house: House, *steps: dict[str, int], **said: Any) -> Policy:
    """Let the first gate be decided in these steps, each with how many of a role have to agree."""
    house.store.write_sync(_more_people)
    policy = Policy(
        id="tested",
        title="Tested",
        steps=tuple(
            PolicyStep(
                title=f"step {n}", seats=tuple(Seat(role=role, needs=many) for role, many in step.items())
            )
            for n, step in enumerate(steps)
        ),
        **said,
    )
    named = dict.fromkeys([*policy.roles, *([policy.fallback] if policy.fallback else [])])
    roles = tuple(ApproverRole(id=one, title=f"the {one} team", group=one) for one in named)
    book = house.library.playbook
    gates = tuple(_decided(gate, policy) if gate.id == GATE else gate for gate in book.gates)
    changed = book.model_copy(update={"gates": gates, "roles": roles, "policies": (policy,)})
    house.library = Library(changed, house.library.templates, house.library.earlier)
    return policy


def _decided(gate: Gate, policy: Policy) -> Gate:
    return gate.model_copy(
        update={"approvers": None, "policy": policy.id, "expires_after_working_days": None}
    )


def _more_people(tx: Tx) -> None:
    for user_id, name in ((LENA, "Lena"), (TOMAS, "Tomas"), (RAJ, "Raj")):
        tx.people.remember(
            Person(workspace_id=WORKSPACE, user_id=user_id, name=name, time_zone="Europe/Berlin")
        )


def board(*simple: str, **roles: Iterable[str]) -> Board:
    """Return who is in which role; people without a role are the approvers of the playbook as it ships."""
    every = {**({SIMPLE: simple} if simple else {}), **roles}
    return Board(
        roles=tuple(
            Resolved(
                role=role,
                title=f"the {role} team",
                people=frozenset(people),
                shown=f"<!subteam^S0{role.upper()}>",
                unpinged=f"@{role}",
            )
            for role, people in every.items()
        )
    )


def seen(review: Review) -> str:
    """Return what a control on the card says about what it shows."""
    return review.snapshot_hash[:MARK]


def now(house: House, review: Review) -> Review:
    return house.do(reviews.get, MAYA, review.id)


def request(house: House, pilot: Pilot, those: Board, by: str = MAYA) -> Review:
    return house.do(requesting.request, by, pilot.id, those)


def approves(house: House, by: str, review: Review, those: Board, **said: Any) -> Review:
    """Let somebody approve what the card shows now."""
    return house.do(deciding.vote, by, review.id, seen(now(house, review)), Choice.APPROVE, those, **said)


def declines(house: House, by: str, review: Review, those: Board, reason: str = "Not like this.") -> Review:
    """Let somebody decline what the card shows now."""
    return house.do(
        deciding.vote, by, review.id, seen(now(house, review)), Choice.DECLINE, those, reason=reason
    )
