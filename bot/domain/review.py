"""Who may decide a gate, and what asking for a promotion needs. Rights are checked here, at the moment of the click.

Being in the channel is no right; asking for a promotion takes the right to approve it away. What votes amount to is in
`domain.voting`, what is frozen for the approvers in `domain.snapshots`. The docstrings of refusals are what people read.
"""

from collections.abc import Collection, Iterable, Set as AbstractSet
from datetime import date, datetime, time, timedelta

from bot.domain.actions import Action, ActionState
from bot.domain.calendar import Calendar, zone_of
from bot.domain.errors import Refusal
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.policies import Procedure
from bot.domain.readiness import Verdict
from bot.domain.reviews import Board, Review, ReviewKind
from bot.domain.values import Frozen
from bot.domain.voting import Tally
from bot.domain.waivers import day_of

LONGEST_CONDITION_DAYS = 365
"""How far ahead a condition may be due; what takes longer is no condition of this approval."""


class NoRight(Refusal):
    """You cannot decide this gate. Ask {awaited}."""


class SelfApproval(NoRight):
    """You asked for this promotion, so somebody else has to decide it. Awaited: {awaited}."""


class OwnEmergency(SelfApproval):
    """You promoted it in the emergency, so somebody else says whether that was right. Awaited: {awaited}."""


class ChampionApproval(NoRight):
    """You champion this pilot, so somebody else has to decide its promotion. Awaited: {awaited}."""


class AnsweredItAlone(NoRight):
    """You alone vouch for what this decision depends on ({titles}), so somebody else has to decide. Awaited: {awaited}."""


class NeverDecides(NoRight):
    """The playbook says that you do not decide at this gate, whatever your roles. Awaited: {awaited}."""


class NotAnApprover(NoRight):
    """Only {awaited} can decide this gate. Ask one of them, or an administrator to add you."""


class FromAnotherWorkspace(NoRight):
    """Only people of this workspace can decide a gate, and your account belongs to another one."""


class NotAMember(NoRight):
    """Guests, bots and deactivated accounts cannot decide a gate. Ask {awaited}."""


class NotYourTurn(Refusal):
    """It is not your turn yet: before you, {awaited} decide. The card shows when that is done."""


class RoleHasDecided(Refusal):
    """Your role has agreed already, so your approval is not needed. Awaited now: {awaited}."""


class VotedAlready(Refusal):
    """You have {said} this already, and your word stands. To change it, take it back first: that is in the menu of the card."""


class NothingToTakeBack(Refusal):
    """You have no vote here that you could take back. Nothing was changed by your click."""


class QuestionOpen(Refusal):
    """{who} handed back a question that is not answered yet, so nobody can approve this now. {requester} can answer it in the thread."""


class AlreadyDecided(Refusal):
    """This was already decided: {outcome}. Nothing was changed by your click."""


class TimeIsOver(Refusal):
    """The time to decide this is over. Ask {requester} to request the promotion again; that takes one click."""


class NobodyMayApprove(Refusal):
    """Nobody could decide this gate yet: {why}. Ask an administrator to mend that, then request the promotion again."""


class StageGone(Refusal):
    """{name} is in the stage {stage}, which the playbook no longer has. Ask an administrator to put it back."""


class ReasonNeeded(Refusal):
    """Please say in a sentence why, so that the team knows what to change."""


class NotReady(Refusal):
    """{name} cannot be promoted yet, because this is not in place: {missing}. Continue with `/pilot coach {name}`."""

    def __init__(self, pilot: Pilot, verdict: Verdict, missing: str) -> None:
        self.pilot = pilot
        self.verdict = verdict
        super().__init__(name=pilot.name, missing=missing)


class OnHold(Refusal):
    """{name} is on hold until {day}. `/pilot resume {name}` lets it go on; then request its promotion."""


class TooSoon(Refusal):
    """{name} stays in {stage} for {days} at least, so its promotion can be requested from {day} on."""


class OwnerNotAccepted(Refusal):
    """{who} has not accepted yet to own {name} in production. Its promotion can be requested as soon as they have."""


class ConditionOverdue(Refusal):
    """An earlier approval of {name} had a condition that is overdue: “{what}”. {who} can say that it is met, or an approver can drop it."""


class EmergencyUnderReview(Refusal):
    """{name} is in {stage} by an emergency promotion that is still under review. When it is approved, the next one can be requested."""


class EmergencyNotConfirmed(Refusal):
    """{name} is in {stage} by an emergency promotion that nobody confirmed. Take it back with `/pilot rollback {name}`, then request its promotion."""


class AlreadyRequested(Refusal):
    """A promotion of {name} is already before {awaited}."""


class NoNextStage(Refusal):
    """{name} is in {stage}; there is no further stage to go to."""


class StageMoved(Refusal):
    """{name} has moved to {stage} since this was requested, so this review no longer applies. Request a new one."""


class Panel(Frozen):
    """Those who may decide, resolved at the time of the click."""

    title: str
    people: frozenset[str]
    shown: str
    """How the panel is named in a sentence, as mrkdwn."""


def check_may_speak(
    person: Person | None,
    review: Review,
    pilot: Pilot,
    procedure: Procedure,
    board: Board,
    alone: Collection[str],
    awaited: str,
) -> None:
    """Raise the refusal that applies to who decides or asks; a deny wins over every role, and somebody unknown is refused.

    `alone` are the titles of what gives the person no say, because nobody else has answered it; `awaited` names whose
    word is missing. Whose turn it is is another question: see `check_turn`.
    """
    if person is None or person.deactivated or person.guest or person.bot:
        raise NotAMember(awaited=awaited)
    if person.from_elsewhere:
        raise FromAnotherWorkspace
    policy, user_id = procedure.policy, person.user_id
    if user_id in policy.never:
        raise NeverDecides(awaited=awaited)
    if not policy.self_approval:
        if user_id == review.requested_by:
            raise (OwnEmergency if review.kind is ReviewKind.BREAK_GLASS else SelfApproval)(awaited=awaited)
        if user_id == pilot.champion_id:
            raise ChampionApproval(awaited=awaited)
        if alone:
            raise AnsweredItAlone(titles=", ".join(alone), awaited=awaited)
    if user_id not in all_people(procedure, board):
        raise NotAnApprover(awaited=awaited)


def deciding_tier(review: Review, pilot: Pilot) -> str:
    """Return the tier whose policy decides: that of today for a promotion that is open, which is frozen anew when it changes.

    What has happened already, an emergency or an approval on conditions, stays with those who would have decided it then.
    """
    if review.is_open and review.kind is ReviewKind.PROMOTION:
        return pilot.tier
    return str(review.snapshot.get("pilot", {}).get("tier", pilot.tier))


def check_turn(user_id: str, tally: Tally, awaited: str) -> None:
    """Refuse somebody whose role decides in a later step, or only steps in when others have not spoken for long."""
    if user_id not in tally.eligible:
        raise NotYourTurn(awaited=awaited)


def all_people(procedure: Procedure, board: Board) -> frozenset[str]:
    """Return everybody who has a say at some time: in the deciding roles of any step, and in the fallback."""
    policy = procedure.policy
    roles = [*policy.roles, *([policy.fallback] if policy.fallback else [])]
    return frozenset().union(*(board.people_of(role) for role in roles))


def shown_of(role_ids: Iterable[str], board: Board, *, ping: bool = True) -> str:
    """Return how roles are named in a sentence; one that was not resolved is named by its id."""
    found = ((board.role(role_id), role_id) for role_id in dict.fromkeys(role_ids))
    named = [(one.shown if ping else one.unpinged) if one else role_id for one, role_id in found]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}" if named else ""


def awaited_of(tally: Tally, board: Board, *, ping: bool = True) -> str:
    """Return whose word is awaited now, in a sentence; all who decide where nobody is awaited any more."""
    roles = [seat.role for seat in tally.awaited_roles]
    return shown_of(roles or [seat.role for step in tally.steps for seat in step.seats], board, ping=ping)


def unfit(people: Iterable[Person]) -> AbstractSet[str]:
    """Return those who could not decide although they are in a role: guests, bots, who has left or is from elsewhere."""
    return {one.user_id for one in people if one.cannot_act}


def first_day_to_ask(pilot: Pilot, procedure: Procedure) -> date:
    """Return the day (in UTC) from which a promotion may be requested."""
    return day_of(pilot.stage_since) + timedelta(days=procedure.policy.minimum_days_in_stage)


def is_overdue(condition: Action, today: date) -> bool:
    """Whether a condition should have been met by now; on its day it is in time."""
    return condition.state is ActionState.OPEN and condition.due_on is not None and condition.due_on < today


def is_a_day_for_a_condition(due_on: date, today: date) -> bool:
    """Whether a condition that is agreed today may be due on a day: from today on, a year ahead at most."""
    return today <= due_on <= today + timedelta(days=LONGEST_CONDITION_DAYS)


def expires(now: datetime, working_days: int, calendar: Calendar) -> datetime:
    """Return 17:00 on somebody's clock after so many of their working days, as an aware instant."""
    last = calendar.shifted(calendar.day_of(now), working_days)
    return datetime.combine(last, time(17), tzinfo=zone_of(calendar.zone))
