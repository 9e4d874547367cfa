"""What an approval depends on: the conditions as they are entered, and how each is met or dropped afterwards."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.desk import Desk
from bot.domain import review as rules
from bot.domain.actions import Action, ActionState
from bot.domain.people import group_or_none, mention
from bot.domain.pilots import Pilot
from bot.domain.reviews import Board, Condition
from bot.domain.text import says_something
from bot.domain.waivers import day_of
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldRefusal, FieldsRefused
from bot.review import errors, told, workflow
from bot.review.ballot import excluded_from
from bot.review.forms import CONDITION_LENGTH, Entered
from bot.slack.blocks import REASON_LENGTH
from prompts.english import full_day

OUTCOMES = {ActionState.DONE: "met", ActionState.DROPPED: "dropped"}


def read(desk: Desk, rows: Mapping[int, Entered]) -> tuple[Condition, ...]:
    """Return conditions as they were entered, by the number of their row; FieldsRefused for what they lack.

    The first row has to be filled in; another one that was left empty is none.
    """
    wrong: list[FieldRefusal] = []
    found: list[Condition] = []
    for number, row in sorted(rows.items()):
        if number > 1 and not (row.what.strip() or row.owner_id or row.due_on):
            continue
        lacks = list(_objections(desk, number, row))
        wrong += lacks
        if not lacks and row.owner_id and row.due_on:
            what = row.what.strip()[:CONDITION_LENGTH]
            found.append(Condition(what=what, owner_id=row.owner_id, due_on=row.due_on))
    if not rows:
        wrong.append(errors.ConditionNeeded("what_1"))
    if wrong:
        raise FieldsRefused(wrong)
    return tuple(found)


def _objections(desk: Desk, number: int, row: Entered) -> Iterator[FieldRefusal]:
    if not says_something(row.what):
        yield errors.ConditionNeeded(f"what_{number}")
    owner = desk.tx.people.get(desk.at.workspace_id, row.owner_id) if row.owner_id else None
    if not row.owner_id:
        yield errors.ConditionOwnerNeeded(f"owner_{number}")
    elif owner is None or rules.unfit([owner]):
        yield errors.ConditionOwnerUnfit(f"owner_{number}")
    today = day_of(desk.at.now)
    if row.due_on is None:
        yield errors.ConditionDayNeeded(f"due_{number}")
    elif not rules.is_a_day_for_a_condition(row.due_on, today):
        last = today + timedelta(days=rules.LONGEST_CONDITION_DAYS)
        yield errors.ConditionDayOutOfReach(f"due_{number}", first=full_day(today), last=full_day(last))


def find(desk: Desk, action_id: str) -> tuple[Pilot, Action]:
    """Return a condition of this workspace with its pilot; a forged or old id is refused."""
    action = desk.tx.actions.get(desk.at.workspace_id, action_id)
    if action is None or not action.is_condition:
        raise errors.ConditionGone
    return pilots.get(desk, action.pilot_id), action


def may_meet(desk: Desk, action_id: str, owners: frozenset[str] = frozenset()) -> tuple[Pilot, Action]:
    """Return a condition that the person may mark as met: its owner, the champion, who set it.

    `owners` are the members of the group that owns it, where a group does.
    """
    pilots.check_member(desk)
    pilot, action = _open(desk, action_id)
    if desk.at.actor_id not in {action.owner_id, pilot.champion_id, action.created_by} | owners:
        them = dict.fromkeys([action.owner_id or "", pilot.champion_id, action.created_by])
        raise errors.NotYourCondition(who=" or ".join(mention(one) for one in them if one))
    return pilot, action


def may_drop(desk: Desk, action_id: str, board: Board) -> tuple[Pilot, Action]:
    """Return a condition that the person may drop: those who decide the gate may, except one of their own."""
    pilots.check_member(desk)
    pilot, action = _open(desk, action_id)
    review = workflow.get(desk, action.review_id or "")
    _, procedure = workflow.deciders_of(desk, review.id)
    excluded = excluded_from(desk, review.requested_by, review.gate_id, pilot, procedure, board)
    may = rules.all_people(procedure, board) - excluded - {action.owner_id or ""}
    if desk.at.actor_id not in may:
        raise errors.MayNotDrop(who=rules.shown_of(procedure.policy.roles, board))
    return pilot, action


def close(
    desk: Desk,
    action_id: str,
    state: ActionState,
    words: str,
    *,
    owners: frozenset[str] = frozenset(),
    board: Board | None = None,
) -> Action:
    """Say that a condition is met, with what shows it; or drop it, with why it is not needed any more."""
    pilots.get_active(desk, find(desk, action_id)[0].id)
    if state is ActionState.DROPPED:
        pilot, action = may_drop(desk, action_id, board or Board())
    else:
        pilot, action = may_meet(desk, action_id, owners)
    if not says_something(words):
        raise errors.ConditionWords("reason")
    outcome = words.strip()[:REASON_LENGTH]
    if not desk.tx.actions.close_if_open(action.id, state, desk.at.actor_id, desk.at.now, outcome=outcome):
        raise errors.ConditionClosed(outcome=OUTCOMES[state])
    facts = {
        "action": action.id,
        "review": action.review_id,
        "state": state.value,
        "what": action.what,
        "reason": outcome,
    }
    before = {"state": ActionState.OPEN.value}
    if state is ActionState.DROPPED:
        pilots.changed(desk, pilot.id, "condition.dropped", before=before, after=facts)
    else:
        for_whom = group_or_none(action.owner_id) if desk.at.actor_id in owners else None
        pilots.changed(desk, pilot.id, "condition.met", before=before, after=facts, on_behalf_of=for_whom)
    return _show(desk, action.id)


def _open(desk: Desk, action_id: str) -> tuple[Pilot, Action]:
    pilot, action = find(desk, action_id)
    if action.state is not ActionState.OPEN:
        raise errors.ConditionClosed(outcome=OUTCOMES[action.state])
    return pilot, action


def _show(desk: Desk, action_id: str) -> Action:
    """Let the condition's message, the review's card and whoever set it know how it ended."""
    pilot, action = find(desk, action_id)
    review = workflow.get(desk, action.review_id or "")
    body = told.condition_message(desk.library, pilot, action)
    workflow.tell_thread(desk, review, pilot, f"condition:{action.id}", body)
    if desk.at.actor_id != action.created_by:
        met = told.condition_met_message(desk.library, pilot, action)
        workflow.tell_thread(desk, review, pilot, f"condition-met:{action.id}", met)
    workflow.show_card(desk, review)
    return action
