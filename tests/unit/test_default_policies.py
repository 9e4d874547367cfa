"""The policies that ship: in the seeded workspace every one can be met, by people who are neither the champion nor the owner."""

from typing import Any

import pytest

from bot.domain.barring import barred
from bot.domain.playbook import AnswerKind, Gate
from bot.domain.policies import PolicyStep, Procedure
from bot.domain.reviews import Board, Resolved
from bot.domain.voting import can_be_met, short_roles
from prompts.library import Library
from sandbox import seed
from sandbox.clock import Clock
from sandbox.state import State

PLAYBOOK = Library.load().playbook
LEADING = [gate for gate in PLAYBOOK.gates if gate.leads_on]
WAYS = [(gate, tier.id) for gate in LEADING for tier in PLAYBOOK.tiers]
STAFF = [seed.MAYA, seed.JONAS, seed.PRIYA, seed.TOMAS, seed.LENA, seed.SAM]


def seeded_groups() -> dict[str, frozenset[str]]:
    state = State(Clock())
    seed.seed_workspace(state)
    groups: list[dict[str, Any]] = [*state.usergroups.values()]
    return {group["handle"]: frozenset(group["users"]) for group in groups}


GROUPS = seeded_groups()


def procedure_of(gate: Gate, tier: str) -> Procedure:
    found = PLAYBOOK.procedure(gate, tier)
    assert found
    return found


def board_of(procedure: Procedure, *, sponsor: str) -> Board:
    """Return who is in each role of Jonas's pilot."""
    roles = []
    for role in procedure.roles:
        people = GROUPS[role.group] if role.group else frozenset({seed.JONAS} if role.owner else {sponsor})
        roles.append(
            Resolved(role=role.id, title=role.title, people=people, shown=role.title, unpinged=role.title)
        )
    return Board(roles=tuple(roles))


def barred_when(
    procedure: Procedure, requester: str = seed.MAYA, *, alone: frozenset[str] = frozenset()
) -> frozenset[str]:
    return barred(procedure, requested_by=requester, champion_id=seed.MAYA, alone=alone)


def named(way: tuple[Gate, str]) -> str:
    return f"{way[0].id}-{way[1]}"


@pytest.mark.parametrize("way", WAYS, ids=named)
def test_every_gate_can_be_decided_without_champion_and_owner_whoever_the_sponsor_is(
    way: tuple[Gate, str],
) -> None:
    procedure = procedure_of(*way)
    for sponsor in (seed.PRIYA, seed.TOMAS, seed.LENA, seed.SAM):
        board = board_of(procedure, sponsor=sponsor)
        excluded = barred_when(procedure) | {seed.JONAS}
        assert can_be_met(procedure, board, excluded), (sponsor, short_roles(procedure, board, excluded))


@pytest.mark.parametrize("way", WAYS, ids=named)
def test_anybody_may_ask_for_the_promotion_and_others_are_left_to_decide(way: tuple[Gate, str]) -> None:
    procedure = procedure_of(*way)
    for requester in STAFF:
        sponsor = (
            seed.JONAS if requester != seed.JONAS else seed.TOMAS
        )  # a sponsor who asks cannot also decide
        board = board_of(procedure, sponsor=sponsor)
        assert can_be_met(procedure, board, barred_when(procedure, requester)), requester


@pytest.mark.parametrize("way", WAYS, ids=named)
def test_an_owner_who_alone_answered_a_critical_question_blocks_nobody(way: tuple[Gate, str]) -> None:
    procedure = procedure_of(*way)
    board = board_of(procedure, sponsor=seed.TOMAS)
    assert can_be_met(procedure, board, barred_when(procedure, alone=frozenset({seed.JONAS})))


@pytest.mark.parametrize("way", WAYS, ids=named)
def test_the_fallback_helps_and_comes_in_time(way: tuple[Gate, str]) -> None:
    policy = procedure_of(*way).policy
    if policy.fallback is None:
        assert policy.id == "light"
        return
    assert (policy.escalate_after_working_days or 0) < policy.expires_after_working_days
    assert max(policy.remind_after_working_days) < policy.expires_after_working_days
    assert policy.break_glass == "risk"


def test_every_role_is_a_group_that_the_sandbox_has_or_belongs_to_the_pilot() -> None:
    assert {role.group for role in PLAYBOOK.roles if role.group} <= set(GROUPS)
    assert all(len(GROUPS[role.group]) >= 2 for role in PLAYBOOK.roles if role.group)
    assert [role.id for role in PLAYBOOK.roles if role.owner] == ["production-owner"]
    (sponsor,) = [role.item for role in PLAYBOOK.roles if role.item]
    item = PLAYBOOK.item(sponsor or "")
    assert item
    assert (item.kind, item.critical) == (AnswerKind.PERSON, True)


def test_a_high_tier_asks_more_people_than_the_standard_one_from_readiness_on() -> None:
    assert [tier.id for tier in PLAYBOOK.tiers] == ["standard", "high"]
    for gate in LEADING[1:]:
        usual, strict = (procedure_of(gate, tier.id).policy for tier in PLAYBOOK.tiers)
        assert _needed(strict.steps) > _needed(usual.steps)
        assert strict.confirm_again
        assert len(strict.steps) > len(usual.steps)
    assert procedure_of(LEADING[0], "high") == procedure_of(LEADING[0], "standard")


def test_production_needs_an_owner_who_has_accepted_and_no_seat_of_theirs() -> None:
    for tier in PLAYBOOK.tiers:
        policy = procedure_of(LEADING[-1], tier.id).policy
        assert policy.accepted_owner
        assert "production-owner" not in policy.roles
        assert policy.minimum_days_in_stage >= 14


def test_no_default_lets_people_approve_what_is_their_own() -> None:
    assert not any(policy.self_approval for policy in PLAYBOOK.policies)


def _needed(steps: tuple[PolicyStep, ...]) -> int:
    return sum(seat.needs for step in steps for seat in step.seats)
