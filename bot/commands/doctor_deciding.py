"""Whether somebody can decide each gate: the doctor's look at roles and policies, with Slack's answers of this moment.

Roles that differ from pilot to pilot, such as the production owner, count as people who are there. Grants and refuses nothing;
the click looks for itself.
"""

from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass

from bot.commands.findings import Finding
from bot.domain.people import Person
from bot.domain.playbook import Playbook
from bot.domain.policies import SIMPLE, ApproverRole, Procedure
from bot.domain.reviews import Board, Resolved
from bot.domain.voting import can_be_met, short_roles
from bot.slack.answers import Group, Identity
from bot.slack.failures import SlackFailure
from bot.slack.gateway import SlackGateway
from prompts.english import counted, join_words, start_sentence
from prompts.playbook_files import GATES, POLICIES

MOST_LOOKED_AT = 60
"""People whose accounts are looked at one by one; more than that are enough for any policy."""
SEATS = 20
"""How many people a role is taken to have where each pilot has its own."""


@dataclass(frozen=True)
class Decision:
    """A way of deciding, with the gates that are decided so."""

    procedure: Procedure
    gates: tuple[tuple[str, str], ...]
    """Their titles, each with the tier where it is not for all pilots."""

    @property
    def where(self) -> str:
        """The gates as a sentence names them."""
        by_tier: dict[str, list[str]] = {}
        for gate, tier in self.gates:
            by_tier.setdefault(tier, []).append(gate)
        said = [join_words(gates) + (f" ({tier})" if tier else "") for tier, gates in by_tier.items()]
        return ", ".join(said)

    @property
    def file(self) -> str:
        """Where administrators change it."""
        return GATES if self.procedure.policy.id == SIMPLE else POLICIES

    @property
    def roles(self) -> tuple[ApproverRole, ...]:
        """The roles that have any part in it."""
        return tuple(filter(None, map(self.procedure.role, self.procedure.policy.named)))


@dataclass(frozen=True)
class People:
    """What Slack says: user groups by handle, and the people who were looked at."""

    groups: Mapping[str, Group]
    looked_at: Mapping[str, Person | None]

    def in_role(self, role: ApproverRole) -> frozenset[str]:
        """Return who could decide in a role; whoever was not looked at counts."""
        group = self.groups.get(role.group or "")
        return frozenset(one for one in {*role.people, *(group.members if group else ())} if self.able(one))

    def able(self, user_id: str) -> bool:
        """Whether a person may decide at all: guests, bots, and who has left may not."""
        person = self.looked_at.get(user_id)
        if person is None:
            return user_id not in self.looked_at
        return not person.cannot_act

    def name(self, user_id: str) -> str:
        """Return how a person is called, the id where that is not known."""
        person = self.looked_at.get(user_id)
        return person.name if person else user_id


async def deciding(slack: SlackGateway, identity: Identity, playbook: Playbook) -> list[Finding]:
    """Return what was found about everybody who has a part in deciding gates."""
    decisions = _decisions(playbook)
    files = {role: one.file for one in decisions for role in one.roles}
    try:
        people = await _people(slack, identity.workspace_id, list(files))
    except SlackFailure as failure:
        mend = "Mend the scopes first, then look again."
        return [Finding("approvers", ok=False, said=str(failure), mend=mend)]
    handles = {role.group: file for role, file in files.items() if role.group}
    named = {person: file for role, file in files.items() for person in role.people}
    found = [_group(handle, people, handles[handle]) for handle in sorted(handles)]
    found += [_person(user_id, people, named[user_id]) for user_id in sorted(named)]
    return [*found, *(_enough(one, people) for one in decisions), *_stand_by(decisions, people)]


def _decisions(playbook: Playbook) -> list[Decision]:
    """Return each way of deciding once, in the order of the gates."""
    found: dict[str, tuple[Procedure, dict[tuple[str, str], None]]] = {}
    for gate in playbook.gates:
        ways = [(tier.title, playbook.procedure(gate, tier.id)) for tier in playbook.tiers]
        ways = ways or [("", playbook.procedure(gate, ""))]
        everywhere = all(way == ways[0][1] for _, way in ways)
        for tier, procedure in ways if gate.leads_on else []:
            if procedure:
                _, gates = found.setdefault(procedure.model_dump_json(), (procedure, {}))
                gates[gate.title, "" if everywhere else tier] = None
    return [Decision(procedure, tuple(gates)) for procedure, gates in found.values()]


async def _people(slack: SlackGateway, workspace_id: str, roles: Sequence[ApproverRole]) -> People:
    handles = {role.group for role in roles if role.group}
    known = await slack.groups(workspace_id) if handles else []
    groups = {group.handle: group for group in known if group.handle in handles}
    named = {person for role in roles for person in role.people}
    members = {person for group in groups.values() for person in group.members} - named
    looked_at = [*sorted(named), *sorted(members)[:MOST_LOOKED_AT]]
    return People(groups, {user_id: await slack.person(workspace_id, user_id) for user_id in looked_at})


def _group(handle: str, people: People, file: str) -> Finding:
    what, group = f"approvers @{handle}", people.groups.get(handle)
    if group is None:
        mend = f"Create the user group in Slack, or name another one in the playbook's {file}."
        return Finding(what, ok=False, said="there is no such user group", mend=mend)
    if not group.members:
        return Finding(what, ok=False, said="nobody is in it", mend="Add people to the user group in Slack.")
    able = sum(map(people.able, group.members))
    if not able:
        said = "only guests, bots or deactivated accounts are in it, and those may not decide"
        return Finding(what, ok=False, said=said, mend="Add people to the user group in Slack.")
    unable = f", of whom {able} may decide" if able < len(group.members) else ""
    if able == 1:
        mend = "Add somebody: whoever asks for a promotion cannot approve it."
        one = "one person is in it" if not unable else f"{len(group.members)} people are in it{unable}"
        return Finding(what, ok=True, said=one, mend=mend)
    return Finding(what, ok=True, said=f"{len(group.members)} people are in it{unable}")


def _person(user_id: str, people: People, file: str) -> Finding:
    what, person = f"approver {user_id}", people.looked_at.get(user_id)
    mend = f"Name somebody else in the playbook's {file}."
    if person is None:
        return Finding(what, ok=False, said="nobody has this id", mend=mend)
    if person.deactivated:
        return Finding(what, ok=False, said="the account is deactivated", mend=mend)
    if not people.able(user_id):
        said = f"{person.name} is a guest, a bot or of another workspace, and those may not decide"
        return Finding(what, ok=False, said=said, mend=mend)
    return Finding(what, ok=True, said=person.name)


def _enough(one: Decision, people: People) -> Finding:
    """Say whether enough people are there to decide, also when one of them asks, and whom to add where not."""
    policy, board = one.procedure.policy, _board(one, people)
    what = f"policy {policy.id}" if one.file == POLICIES else f"deciding {one.where}"
    never = frozenset(policy.never)
    if not can_be_met(one.procedure, board, never):
        said = f"nobody could approve {one.where}: {_lack(one, board, never)}"
        return Finding(what, ok=False, said=said, mend=_more(one, short_roles(one.procedure, board, never)))
    if needed := _indispensable(one, people, board, never):
        names = join_words([people.name(user_id) for user_id in needed], "or")
        roles = [role for user in needed for role in short_roles(one.procedure, board, never | {user})]
        said = f"{one.where}: nobody could approve what {names} asks for or champions"
        return Finding(what, ok=True, said=said, mend=_more(one, roles))
    needs = sum(seat.needs for step in policy.steps for seat in step.seats)
    agree = f"{counted(needs, 'person', 'people')} {'has' if needs == 1 else 'have'} to agree"
    return Finding(what, ok=True, said=f"{one.where}: {agree}, and there are enough")


def _stand_by(decisions: Sequence[Decision], people: People) -> Iterator[Finding]:
    """Look for roles in which nobody is and that are called only later; one finding for each."""
    cannot: dict[ApproverRole, tuple[Decision, dict[str, None]]] = {}
    for one in decisions:
        board = _board(one, people)
        for role_id, what in _called_later(one, board):
            role = one.procedure.role(role_id)
            if role and not board.people_of(role_id):
                cannot.setdefault(role, (one, {}))[1][what] = None
    for role, (one, said) in cannot.items():
        mend = _more(one, [role.id])
        yield Finding(
            f"role {role.id}", ok=False, said=f"nobody could {join_words([*said], 'or')}", mend=mend
        )


def _called_later(one: Decision, board: Board) -> Iterator[tuple[str, str]]:
    """Return the roles that do not decide at first, with what they are there for."""
    policy = one.procedure.policy
    if policy.fallback:
        yield policy.fallback, "step in for approvers who do not answer"
    if policy.break_glass:
        yield policy.break_glass, "promote in an emergency"
    if not any(map(board.people_of, policy.waivers_by)):
        yield from ((role, "grant a waiver") for role in policy.waivers_by)


def _board(one: Decision, people: People) -> Board:
    """Return who is in each role; where each pilot has its own, there is somebody."""
    return Board(
        roles=tuple(
            Resolved(
                role=role.id,
                title=role.title,
                people=people.in_role(role) | _somebody(role),
                shown=role.title,
                unpinged=role.title,
            )
            for role in one.roles
        )
    )


def _somebody(role: ApproverRole) -> frozenset[str]:
    return frozenset(f"{role.id} {n}" for n in range(SEATS)) if role.owner or role.item else frozenset()


def _indispensable(one: Decision, people: People, board: Board, never: AbstractSet[str]) -> list[str]:
    """Return whom a policy cannot do without; whoever asks for a promotion does not decide it."""
    policy = one.procedure.policy
    if policy.self_approval:
        return []
    real = {person for role in one.roles if role.id in policy.roles for person in people.in_role(role)}
    if len(real) > MOST_LOOKED_AT:
        return []
    return [who for who in sorted(real - never) if not can_be_met(one.procedure, board, never | {who})]


def _lack(one: Decision, board: Board, never: AbstractSet[str]) -> str:
    """Name the roles that have too few people; each person decides once, whatever roles they have."""
    said = []
    for role in short_roles(one.procedure, board, never):
        there = board.people_of(role) - never
        said.append(f"{'too few people are' if there else 'nobody is'} there as {_title(one, role)}")
    return join_words(said)


def _title(one: Decision, role_id: str) -> str:
    role = one.procedure.role(role_id)
    return role.title if role else role_id


def _more(one: Decision, role_ids: Sequence[str]) -> str:
    """Say whom to add, and where."""
    said = []
    for role in filter(None, map(one.procedure.role, role_ids)):
        if role.group:
            said.append(f"add somebody to @{role.group} in Slack")
        elif role.people:
            said.append(f"name one more person for {role.title} in the playbook's {one.file}")
        else:
            said.append(f"ask fewer of {role.title} in the playbook's {one.file}")
    return start_sentence(join_words(list(dict.fromkeys(said)))) + "."
