"""Who decides, as Slack says at the moment of a click: by group, by name, as the owner, or by what an answer names."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, cast

import pytest
from aiohttp import web

from bot.clock import SystemClock
from bot.delivery.engine import Engine
from bot.desk import Front, Office, Rooms
from bot.domain.answers import Answer, Status, Value
from bot.domain.people import Person
from bot.domain.pilots import Metric, Pilot
from bot.domain.playbook import AnswerKind, Gate
from bot.domain.policies import ApproverRole, Policy, PolicyStep, Procedure, Seat
from bot.review.errors import CouldNotCheck, NothingToDecide
from bot.review.panels import board_for, panel_for
from bot.slack.gateway import SlackGateway
from bot.slack.lookups import GroupUnknown
from bot.slack.people import Directory
from prompts.library import Library
from storage.store import Store
from storage.transaction import Tx
from tests.fresh import fresh_database

WORKSPACE = "T0001"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
GROUPS = {"S0RISK": ("risk", ["U0PRIYA", "U0SAM"]), "S0PAY": ("payments", ["U0JONAS", "U0LENA"])}
LIBRARY = Library.load(Path(__file__).parents[1] / "playbook")


class Slack(Protocol):
    """What these tests use of the scripted Slack in conftest."""

    url: str
    methods: list[str]

    def answers(self, method: str, *answers: Any) -> None: ...


@pytest.fixture
def pilot() -> Pilot:
    return Pilot(
        id="P1",
        workspace_id=WORKSPACE,
        name="Refund triage",
        problem="Sorts refund requests.",
        stage="pilot",
        champion_id="U0MAYA",
        owner_id="U0JONAS",
        channel_id="C1",
        metric=Metric(name="Deflection", unit="%", baseline=Decimal(22), bar=Decimal(60)),
        registered_by="U0MAYA",
        registered_at=NOW,
        stage_since=NOW,
        last_change_at=NOW,
    )


@pytest.fixture
def store(tmp_path: Path, pilot: Pilot) -> Iterator[Store]:
    def settle_in(tx: Tx) -> None:
        for user_id, name in (("U0PRIYA", "Priya"), ("U0JONAS", "Jonas"), ("U0SPON", "Sponsor")):
            tx.people.remember(Person(workspace_id=WORKSPACE, user_id=user_id, name=name))
        tx.workspaces.remember(WORKSPACE, "Northwind", "https://northwind.example/", "U0BOT")
        tx.pilots.register(pilot)

    with Store.open(fresh_database(tmp_path / "preflight.db")) as opened:
        opened.write_sync(settle_in)
        yield opened


@pytest.fixture
async def front(slack: Slack, store: Store) -> AsyncIterator[Front]:
    """Return what listeners are handed, with a scripted Slack; nothing here is delivered, so there is no engine."""

    async def members(request: web.Request) -> web.StreamResponse:
        _, people = GROUPS[request.query["usergroup"]]
        return web.json_response({"ok": True, "users": people})

    slack.answers("usergroups.users.list", members)
    listed = [{"id": one, "handle": handle, "users": people} for one, (handle, people) in GROUPS.items()]
    slack.answers("usergroups.list", {"ok": True, "usergroups": listed})
    async with SlackGateway("xoxb-made-up", slack.url) as gateway:
        clock = SystemClock()
        office = Office(store, cast("Engine", None), LIBRARY, clock, Rooms())
        yield Front(office, gateway, Directory(store, gateway, clock))


def procedure(*roles: ApproverRole, **said: Any) -> Procedure:
    fallback = said.get("fallback")
    deciding = tuple(Seat(role=role.id) for role in roles if role.id != fallback)
    policy = Policy(id="tested", title="Tested", steps=(PolicyStep(seats=deciding),), **said)
    return Procedure(policy=policy, roles=roles)


RISK = ApproverRole(id="risk", title="the risk team", group="risk")
OWNER = ApproverRole(id="owner", title="the production owner", owner=True)
NAMED = ApproverRole(id="named", title="the partners", people=("U0PRIYA", "U0NEW"))
SPONSOR = ApproverRole(id="sponsor", title="the sponsor", item="sponsor")
LOST = ApproverRole(id="lost", title="the lost team", group="lost")


def answered(store: Store, kind: AnswerKind, *ids: str) -> None:
    answer = Answer(
        pilot_id="P1",
        item_id="sponsor",
        revision=1,
        status=Status.IN_PLACE,
        detail="Them",
        value=Value(kind=kind, ids=ids),
        answered_by="U0MAYA",
        answered_at=NOW,
    )
    store.write_sync(lambda tx: tx.answers.record(answer))


async def test_each_role_is_resolved_by_what_names_it(front: Front, pilot: Pilot) -> None:
    board = await board_for(front, WORKSPACE, pilot, procedure(RISK, OWNER, NAMED))
    assert {role.role: role.people for role in board.roles} == {
        "risk": {"U0PRIYA", "U0SAM"},
        "owner": {"U0JONAS"},
        "named": {"U0PRIYA", "U0NEW"},
    }
    assert [role.shown for role in board.roles] == [
        "<!subteam^S0RISK>",
        "<@U0JONAS>",
        "<@U0PRIYA> or <@U0NEW>",
    ]
    assert [role.unpinged for role in board.roles] == ["@risk", "Jonas", "Priya"]


async def test_a_group_that_owns_the_pilot_decides_by_its_members(front: Front, pilot: Pilot) -> None:
    by_group = pilot.model_copy(update={"owner_id": "S0PAY"})
    (role,) = (await board_for(front, WORKSPACE, by_group, procedure(OWNER))).roles
    assert role.people == {"U0JONAS", "U0LENA"}
    assert (role.shown, role.unpinged) == ("<!subteam^S0PAY>", "@payments")


async def test_whom_an_answer_names_decides_as_long_as_it_names_them(
    front: Front, pilot: Pilot, store: Store
) -> None:
    nobody = await board_for(front, WORKSPACE, pilot, procedure(SPONSOR))
    assert nobody.people_of("sponsor") == frozenset()
    assert nobody.roles[0].shown == "the sponsor"
    answered(store, AnswerKind.PERSON, "U0SPON")
    (role,) = (await board_for(front, WORKSPACE, pilot, procedure(SPONSOR))).roles
    assert role.people == {"U0SPON"}
    assert (role.shown, role.unpinged) == ("<@U0SPON>", "Sponsor")


@pytest.mark.parametrize(
    ("kind", "ids", "people"),
    [
        (AnswerKind.GROUP, ("S0PAY",), {"U0JONAS", "U0LENA"}),
        (AnswerKind.CHOICE, ("U0MALLORY",), set()),
        (AnswerKind.TEXT, (), set()),
    ],
)
async def test_an_answer_of_another_kind_names_nobody(
    front: Front, pilot: Pilot, store: Store, kind: AnswerKind, ids: tuple[str, ...], people: set[str]
) -> None:
    answered(store, kind, *ids)
    board = await board_for(front, WORKSPACE, pilot, procedure(SPONSOR))
    assert board.people_of("sponsor") == people


async def test_a_role_whose_group_is_gone_refuses_the_whole(front: Front, pilot: Pilot) -> None:
    with pytest.raises(GroupUnknown, match="@lost"):
        await board_for(front, WORKSPACE, pilot, procedure(RISK, LOST))


async def test_a_fallback_whose_group_is_gone_has_nobody_in_it(front: Front, pilot: Pilot) -> None:
    stands_in = procedure(RISK, LOST, fallback="lost", escalate_after_working_days=2)
    board = await board_for(front, WORKSPACE, pilot, stands_in)
    assert board.people_of("risk")
    assert board.people_of("lost") == frozenset()


async def test_roles_that_the_policy_does_not_name_are_not_asked_for(
    front: Front, pilot: Pilot, slack: Slack
) -> None:
    only = procedure(OWNER)
    board = await board_for(front, WORKSPACE, pilot, only.model_copy(update={"roles": (OWNER, RISK, LOST)}))
    assert [role.role for role in board.roles] == ["owner"]
    assert slack.methods == []


async def test_while_slack_does_not_say_nobody_decides(front: Front, pilot: Pilot, slack: Slack) -> None:
    for trouble in ({"ok": False, "error": "internal_error"}, {"ok": False, "error": "missing_scope"}):
        slack.answers("usergroups.users.list", trouble)
        with pytest.raises(CouldNotCheck):
            await board_for(front, WORKSPACE, pilot, procedure(RISK, OWNER))


async def test_a_waiver_is_for_all_who_decide_the_gate_or_for_whom_the_policy_names(
    front: Front, pilot: Pilot
) -> None:
    book = LIBRARY.playbook

    async def panel(**said: Any) -> frozenset[str]:
        policy = procedure(RISK, NAMED, **said).policy
        gates = (book.gates[0].model_copy(update={"approvers": None, "policy": "tested"}),)
        changed = book.model_copy(
            update={"gates": gates, "roles": (RISK, NAMED, OWNER), "policies": (policy,)}
        )
        library = Library(changed, LIBRARY.templates, LIBRARY.earlier)
        office = Office(front.office.store, front.office.engine, library, front.office.clock, Rooms())
        return (await panel_for(Front(office, front.slack, front.people), WORKSPACE, pilot, gates[0])).people

    assert await panel() == {"U0PRIYA", "U0SAM", "U0NEW"}
    assert await panel(waivers_by=("owner",)) == {"U0JONAS"}
    assert await panel(never=("U0PRIYA",)) == {"U0SAM", "U0NEW"}


async def test_upkeep_is_decided_by_nobody(front: Front, pilot: Pilot) -> None:
    upkeep = Gate(
        id="upkeep",
        title="Upkeep",
        from_stage="pilot",
        to_stage="pilot",
        checklists=("readiness",),
        every_days=90,
    )
    with pytest.raises(NothingToDecide):
        await panel_for(front, WORKSPACE, pilot, upkeep)
