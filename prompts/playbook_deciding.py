"""Who decides a gate, in words for whoever writes a playbook: people and order of a policy, and what else it asks for.

Only wording, for reports on a screen; what a policy means is in `bot.domain.voting`, and what people read in Slack in templates.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.playbook import Gate, Playbook
from bot.domain.policies import SIMPLE, ApproverRole, Approvers, Policy, PolicyStep, Procedure
from prompts.english import counted, in_words, join_words


def steps_said(steps: Sequence[PolicyStep], titles: Mapping[str, str] | None = None) -> str:
    """Return the roles of a policy, steps in order: "security and two of operations, then risk"."""
    named = titles or {}
    return ", then ".join(
        join_words(
            [
                (f"{in_words(seat.needs)} of " if seat.needs > 1 else "") + named.get(seat.role, seat.role)
                for seat in step.seats
            ]
        )
        for step in steps
    )


def people_said(who: Approvers) -> str:
    """Return who is in a role: "@gate-approvers or the production owner"."""
    said = [f"@{who.group}"] if who.group else []
    said += [counted(len(who.people), "person", "people")] if who.people else []
    said += ["the production owner"] if who.owner else []
    said += [f"whom the answer to {who.item} names"] if who.item else []
    return join_words(said, "or")


def decided(playbook: Playbook, gate: Gate) -> str:
    """Return who decides a gate, with the tiers for which it is otherwise."""
    if not gate.leads_on:
        return "nobody has to decide"
    if gate.policy is None:
        return f"decided by {people_said(gate.approvers)}" if gate.approvers else ""
    others = [
        f"{one.tier}: {one.policy}"
        for one in gate.by_tier
        if playbook.tier(one.tier) and one.policy != gate.policy
    ]
    return f"policy {gate.policy}" + (f" ({', '.join(others)})" if others else "")


def policy_said(policy: Policy, roles: Sequence[ApproverRole]) -> str:
    """Return a policy on one line."""
    titles = {role.id: role.title for role in roles}
    return "; ".join([steps_said(policy.steps, titles), *_besides(policy, titles)])


def _besides(policy: Policy, titles: Mapping[str, str]) -> Iterator[str]:
    if policy.self_approval:
        yield "also one's own"
    if policy.accepted_owner:
        yield "needs an owner who has accepted"
    if policy.minimum_days_in_stage:
        yield f"{counted(policy.minimum_days_in_stage, 'day')} in the stage"
    if policy.confirm_again:
        yield "confirmed by typing"
    if policy.fallback:
        also = titles.get(policy.fallback, policy.fallback)
        yield f"after {counted(policy.escalate_after_working_days or 0, 'working day')} also {also}"
    yield f"closes after {policy.expires_after_working_days}"


def same_procedure(before: Procedure | None, after: Procedure | None) -> bool:
    """Whether a gate is decided in the same way, by the same roles."""
    if before is None or after is None:
        return before is after
    used = [[one.role(role) for role in one.policy.named] for one in (before, after)]
    return before.policy == after.policy and used[0] == used[1]


def procedure_said(procedure: Procedure | None) -> str:
    """Return by whom a gate is decided, in the middle of a sentence."""
    if procedure is None:
        return "nobody"
    if procedure.policy.id == SIMPLE:
        return people_said(procedure.roles[0])
    return steps_said(procedure.policy.steps, {role.id: role.title for role in procedure.roles})
