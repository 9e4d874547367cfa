"""Who may grant, refuse or revoke a waiver, and what asking for one needs. Rights are checked here, at the moment of the click.

Whoever decides a gate decides what it may do without; nobody accepts a risk that is of their own making. Being in the
channel is no right.
"""

from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta

from bot.domain.errors import Refusal
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.review import Panel
from bot.domain.waivers import Waiver, WaiverState, day_of

LONGEST_DAYS = 365
"""How far ahead a waiver may end; a longer one would be a rule, and rules belong into the playbook."""


class AskedItYourself(Refusal):
    """You asked for this waiver, so somebody else has to decide it. Awaited: {awaited}."""


class ChampionWaiver(Refusal):
    """You champion this pilot, so somebody else has to decide what it may do without. Awaited: {awaited}."""


class AnsweredItAlone(Refusal):
    """You are the only one who has answered this, so somebody else has to accept the risk. Awaited: {awaited}."""


class MayNotWaive(Refusal):
    """Only {awaited} can decide this waiver. Ask one of them, or an administrator to add you."""


class MayNotRevoke(Refusal):
    """Only {awaited} can revoke this waiver. Ask one of them."""


class NotAMember(Refusal):
    """Guests, bots and deactivated accounts cannot decide about a waiver. Ask {awaited}."""


class FromAnotherWorkspace(Refusal):
    """Only people of this workspace can decide about a waiver, and your account belongs to another one."""


class NobodyMayGrant(Refusal):
    """Nobody could grant this yet: {why}. Ask an administrator to mend that, then ask for the waiver again."""


def check_may_decide(
    asked_by: str, pilot: Pilot, person: Person | None, panel: Panel, alone: AbstractSet[str]
) -> None:
    """Raise the refusal that applies to whoever grants or refuses; a deny wins over every role."""
    _check_is_of_the_company(person, panel.shown)
    user_id = person.user_id if person else ""
    if user_id == asked_by:
        raise AskedItYourself(awaited=panel.shown)
    if user_id == pilot.champion_id:
        raise ChampionWaiver(awaited=panel.shown)
    if user_id in alone:
        raise AnsweredItAlone(awaited=panel.shown)
    if user_id not in panel.people:
        raise MayNotWaive(awaited=panel.shown)


def check_may_revoke(
    pilot: Pilot, person: Person | None, panel: Panel, owners: AbstractSet[str], shown: str
) -> None:
    """Raise the refusal that applies to whoever revokes: any approver, the champion and the owner may.

    `owners` are the people behind the pilot's owner; `shown` is how all of them are named.
    """
    _check_is_of_the_company(person, shown)
    if person and person.user_id not in panel.people | {pilot.champion_id} | owners:
        raise MayNotRevoke(awaited=shown)


def _check_is_of_the_company(person: Person | None, awaited: str) -> None:
    if person is None or person.deactivated or person.guest or person.bot:
        raise NotAMember(awaited=awaited)
    if person.from_elsewhere:
        raise FromAnotherWorkspace


def eligible(panel: Panel, *, asked_by: str, champion_id: str, alone: AbstractSet[str]) -> AbstractSet[str]:
    """Return who of the panel could grant this."""
    return panel.people - {asked_by, champion_id} - alone


def is_a_day_to_end(until: date, today: date) -> bool:
    """Whether a waiver that is asked for today may end on a day: from tomorrow on, a year ahead at most."""
    return today < until <= today + timedelta(days=LONGEST_DAYS)


def is_over(waiver: Waiver, now: datetime) -> bool:
    """Whether a waiver that is asked or granted has reached its day."""
    return waiver.state in {WaiverState.ASKED, WaiverState.GRANTED} and day_of(now) >= waiver.until
