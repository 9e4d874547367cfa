"""A company in which anything may happen to one pilot at its gates: its people, its roles, its policies, and its database.

What people may do is written in `test_gate_any_order`; here is only what there is. The database is made once and copied,
because most of the time of such a test would go into answering the same questions again.
"""

import shutil
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path

from bot.domain.answers import Reading, Status
from bot.domain.people import Person
from bot.domain.playbook import Checklist, Gate, Playbook
from bot.domain.policies import ApproverRole, Material, Policy, PolicyStep, Seat
from bot.domain.reviews import Board, Resolved, Review
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from prompts.library import Library
from storage.transaction import Tx
from tests.fresh import KeptEngines, fresh_database

from .books import item
from .conftest import (
    GONE,
    GUEST,
    JONAS,
    MAYA,
    PLAYBOOK,
    PRIYA,
    SAM,
    WORKSPACE,
    House,
    _settle_in,
    registration,
)
from .gates import LENA, RAJ, TOMAS, _more_people
from .tried import Around

NINA, ROBOT, CARLA, STRANGER = "U0NINA", "U0ROBOT", "U0CARLA", "U0STRANGER"
STAFF = (MAYA, JONAS, PRIYA, SAM, LENA, TOMAS, RAJ, NINA)
UNABLE = (GUEST, GONE, ROBOT, CARLA, STRANGER)
"""A guest, somebody who has left, a bot, somebody of another workspace, and somebody whom nobody has ever seen."""
EVERYBODY = (*STAFF, *UNABLE)
ROLES: Mapping[str, tuple[str, ...]] = {
    "security": (PRIYA, SAM, NINA, GUEST, JONAS),
    "risk": (MAYA, LENA, TOMAS, SAM, ROBOT, CARLA),
    "sponsor": (RAJ, TOMAS, GONE),
    "spare": (NINA, PRIYA, STRANGER),
    "emergency": (RAJ, SAM),
}
"""Who is in which role at the beginning; they overlap, and some of them may not decide all the same."""
TEXTS = ("Live since 3 March, see the wiki page", "Live since 4 April, see the wiki page")
MENDED = ("live  since 3 March, see the wiki page.", "live  since 4 April, see the wiki page.")
"""The same two statements again, with slips of the pen."""
FIRST, SECOND = ("monitoring", "rollback", "usage"), ("fallback-drill",)
"""What the two gates ask for; the use of it is asked and blocks nobody."""
UNCRITICAL = "usage"
FRESH_FOR = timedelta(days=20)
WAYS: tuple[tuple[tuple[tuple[str, int], ...], ...], ...] = (
    ((("security", 2),), (("risk", 1), ("sponsor", 1))),
    ((("risk", 2),), (("security", 1),)),
    ((("security", 1), ("risk", 1), ("sponsor", 1)),),
    ((("risk", 1),), (("risk", 1),), (("sponsor", 1),)),
    ((("security", 2),),),
)
"""Ways of deciding: steps, each with how many of which role."""


def policy_of(
    name: str, way: int, never: str, material: frozenset[Material], *, ends: bool, own: bool
) -> Policy:
    """Return one way of deciding a gate."""
    steps = tuple(
        PolicyStep(title=f"step {n}", seats=tuple(Seat(role=role, needs=needs) for role, needs in step))
        for n, step in enumerate(WAYS[way])
    )
    return Policy(
        id=name,
        title=name.title(),
        steps=steps,
        decline_ends=ends,
        self_approval=own,
        never=(never,),
        material=tuple(sorted(material)),
        fallback="spare",
        escalate_after_working_days=2,
        break_glass="emergency",
        break_glass_review_days=3,
    )


def library_with(first: Policy, second: Policy) -> Library:
    """Return words and a playbook with two gates, each with a policy of its own."""
    book = _book()
    gates = tuple(
        gate.model_copy(update={"policy": one.id})
        for gate, one in zip(book.gates, (first, second), strict=True)
    )
    loaded = _loaded()
    return Library(book.model_copy(update={"gates": gates, "policies": (first, second)}), loaded.templates)


@cache
def _loaded() -> Library:
    return Library.load(PLAYBOOK)


@cache
def _book() -> Playbook:
    book = _loaded().playbook
    asked = [
        item(one, critical=one != UNCRITICAL, freshness_days=FRESH_FOR.days) for one in (*FIRST, *SECOND)
    ]
    lists = (
        Checklist(id="readiness", title="Readiness", items=tuple(asked[:3])),
        Checklist(id="shadow-exit", title="Shadow exit", items=tuple(asked[3:])),
    )
    gates: tuple[Gate, ...] = tuple(
        gate.model_copy(update={"approvers": None, "expires_after_working_days": None, "policy": "none"})
        for gate in book.gates[:2]
    )
    roles = tuple(ApproverRole(id=one, title=f"the {one} team", group=one) for one in ROLES)
    return book.model_copy(
        update={"stages": book.stages[:4], "checklists": lists, "gates": gates, "roles": roles}
    )


class Ground:
    """What all runs begin with: a database in which everything is in place, and one critical answer is Sam's alone."""

    def __init__(self, folder: Path, engines: KeptEngines) -> None:
        self.folder, self.engines = folder, engines
        first, second = (
            policy_of(n, 0, TOMAS, frozenset(), ends=True, own=False) for n in ("first", "second")
        )
        with self.engines.store(fresh_database(self.begun)) as store:
            house = House(store, library_with(first, second))
            for settle in (_settle_in, _more_people, _others):
                store.write_sync(settle)
            self.pilot_id = house.do(pilots.register, MAYA, registration()).id
            for item_id in (*FIRST, *SECOND):
                for by in (SAM,) if item_id == "rollback" else (MAYA, JONAS):
                    house.do(interviews.change_answer, by, self.pilot_id, item_id, said(Status.IN_PLACE))

    @property
    def begun(self) -> Path:
        return self.folder / "begun.db"


class World:
    """A house of its own for one run, with one pilot for which everything is in place at first."""

    def __init__(self, ground: Ground, library: Library) -> None:
        self.pilot_id, self._engines = ground.pilot_id, ground.engines
        self._path = ground.folder / "run.db"
        self._clean()
        shutil.copyfile(ground.begun, self._path)
        self._open = self._engines.store(f"sqlite:///{self._path}")
        self.house = House(self._open.__enter__(), library)
        self.house.later(hours=1)
        self.roles = {role: set(people) for role, people in ROLES.items()}

    def end(self) -> None:
        self._open.__exit__(None, None, None)
        self._clean()

    def _clean(self) -> None:
        for left in self._path.parent.glob(f"{self._path.name}*"):
            left.unlink()

    def restart(self) -> None:
        """Let the process end and begin again on the same database."""
        self._open.__exit__(None, None, None)
        self._open = self._engines.store(f"sqlite:///{self._path}")
        self.house.store = self._open.__enter__()

    def board(self) -> Board:
        """Return who is in the roles now, as Slack tells it: whoever is in a user group, whatever kind of account it is."""
        return Board(
            roles=tuple(
                Resolved(
                    role=role,
                    title=f"the {role} team",
                    people=frozenset(people),
                    shown=f"<!subteam^S0{role.upper()}>",
                    unpinged=f"@{role}",
                )
                for role, people in self.roles.items()
            )
        )

    def around(self, tx: Tx, review: Review) -> Around:
        """Return a review with everything that decides about it, read row by row."""
        book = self.house.library.playbook
        gate = next(one for one in book.gates if one.id == review.gate_id)
        pilot = tx.pilots.get(WORKSPACE, self.pilot_id)
        assert pilot
        return Around(
            review=review,
            policy=next(one for one in book.policies if one.id == gate.policy),
            roles={role: frozenset(people) for role, people in self.roles.items()},
            people={one: found for one in EVERYBODY if (found := tx.people.get(WORKSPACE, one))},
            champion_id=pilot.champion_id,
            votes=tuple(tx.votes.of_review(review.id)),
            answers=tuple(tx.answers.history(self.pilot_id)),
            critical=frozenset(asked_by(gate.id)) - {UNCRITICAL},
        )


def asked_by(gate_id: str) -> tuple[str, ...]:
    """Return what a gate asks for; the second one keeps asking what the first one did."""
    return FIRST if gate_id == "readiness" else (*FIRST, *SECOND)


def _others(tx: Tx) -> None:
    for user_id, facts in ((NINA, {}), (ROBOT, {"bot": True}), (CARLA, {"home_workspace_id": "T0CONTOSO"})):
        tx.people.remember(
            Person.model_validate({"workspace_id": WORKSPACE, "user_id": user_id, "name": user_id, **facts})
        )


def said(status: Status, text: str = TEXTS[0]) -> Reading:
    """Return an answer that can be checked."""
    return Reading(status=status, detail=text, evidence=("https://wiki.example/proof",))


def meaning(text: str) -> str:
    """Return what one of our texts says, slips of the pen aside."""
    return TEXTS[MENDED.index(text)] if text in MENDED else text
