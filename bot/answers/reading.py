"""From a filled form to what it says: the value of its kind, the links, the plan; everything wrong is said at once.

Rules only: handed the item, what was filled in and who is known, it returns values or raises FieldsRefused. What the words
are worth is the coach's business.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, ParamSpec, TypeVar
from urllib.parse import urlsplit

from bot.answers import errors
from bot.answers.filled import (
    ADD,
    BY,
    EVIDENCE,
    STATUS,
    UNIT,
    VALUE,
    WHO,
    WORDS,
    Filled,
    FilledPlan,
)
from bot.domain import coaching
from bot.domain.answers import Answer, Plan, Status, Value
from bot.domain.coaching import Ear
from bot.domain.people import Person, is_group
from bot.domain.playbook import AnswerKind, Item
from bot.domain.text import tame
from bot.pilots.errors import FieldRefusal, FieldsRefused

P = ParamSpec("P")
R = TypeVar("R")

MOST_LINKS: Final = 50
FORM_TAKES: Final = 3000
"""The longest text that a form's field takes; longer words stay as they are unless somebody writes new ones."""
NOT_THERE: Final = frozenset({Status.PARTLY, Status.NOT_YET})
"""The statuses that ask for a plan."""
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_ENDS_A_LINK: Final = {"<": "%3C", ">": "%3E", "|": "%7C", '"': "%22"}


@dataclass
class Problems:
    """What is wrong so far, in the order of the form."""

    found: list[FieldRefusal] = field(default_factory=list)

    def read(self, reader: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
        """Return what a field says, or note what is wrong with it."""
        try:
            return reader(*args, **kwargs)
        except FieldRefusal as refused:
            self.found.append(refused)
            return None

    def check(self) -> None:
        """Raise everything that was found."""
        if self.found:
            raise FieldsRefused(self.found)


@dataclass(frozen=True, slots=True)
class Said:
    """What a form says, before the coach has judged the words."""

    status: Status
    words: str
    value: Value | None
    links: tuple[str, ...]
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the form."""

    item: Item
    before: Answer | None
    ear: Ear
    """Who fills it in, where and when."""
    people: Mapping[str, Person]


def said_by(filled: Filled, known: Known) -> Said:
    """Return what a form says; FieldsRefused with all that is wrong with it."""
    problems, before = Problems(), known.before
    status = problems.read(_status, filled)
    value = problems.read(_value, filled, known, status)
    words = filled.words or _kept_words(before)
    if status is Status.NOT_APPLICABLE and not words:
        problems.found.append(errors.ReasonMissing(WORDS))
    links = problems.read(_links_of_form, filled, before)
    plan = problems.read(_plan_of_form, filled, known) if status in NOT_THERE else None
    was = before.plan.who if before and before.plan else None
    if status in NOT_THERE and filled.who != was:
        problems.read(_check_person, filled.who, known.people, WHO)
    problems.check()
    if status is None:  # pragma: no cover - said above
        raise FieldsRefused([errors.StatusMissing(STATUS)])
    if status is Status.NOT_APPLICABLE:
        value = None
    linked = tuple(value.ids) if value and value.kind is AnswerKind.LINK else ()
    return Said(status, words, value, tuple(dict.fromkeys((*linked, *(links or ())))), plan)


def planned(
    filled: FilledPlan, before: Plan | None, today: date | None, people: Mapping[str, Person]
) -> Plan:
    """Return the plan that a form states; FieldsRefused with all that is wrong with it."""
    problems = Problems()
    by = problems.read(_ahead, filled.by, before.by if before else None, today)
    if filled.who != (before.who if before else None):
        problems.read(_check_person, filled.who, people, WHO)
    who_said = tame(filled.who_said)
    if not problems.found and not (filled.who or who_said or by or group_of(before)):
        problems.found.append(errors.NothingPlanned(WHO))
    problems.check()
    who = filled.who or (None if who_said else group_of(before))
    return Plan(what=filled.what.strip(), who=who, who_said="" if filled.who else who_said, by=by)


def addresses(typed: str, block_id: str) -> tuple[str, ...]:
    """Return the addresses that were typed, one on each line; anything else is named and refused."""
    lines = [line.strip() for line in typed.splitlines()]
    links = tuple(dict.fromkeys(_address(word, block_id, line) for line in lines for word in line.split()))
    if len(links) > MOST_LINKS:
        raise errors.TooManyAddresses(block_id, most=str(MOST_LINKS))
    return links


def added_links(typed: str) -> tuple[str, ...]:
    """Return the addresses that were added; FieldsRefused where something is none."""
    problems = Problems()
    links = problems.read(addresses, typed, ADD)
    problems.check()
    return links or ()


def fits_a_field(links: Iterable[str]) -> bool:
    """Whether all links can stand in the one field that a form has for them."""
    return len("\n".join(links)) <= FORM_TAKES


def _status(filled: Filled) -> Status:
    if filled.status not in set(Status) - {Status.SKIPPED}:
        raise errors.StatusMissing(STATUS)
    return Status(filled.status)


def _value(filled: Filled, known: Known, status: Status | None) -> Value | None:
    """Read the field of the item's kind; one that claims to be in place has to be filled."""
    item = known.item
    entered = (
        {"number": filled.typed}
        if item.kind in _FIGURES
        else {"on": next(iter(filled.chosen), "")}
        if item.kind is AnswerKind.DATE
        else {"ids": (_address(filled.typed, VALUE),) if filled.typed else filled.chosen}
    )
    value = coaching.read_value(item, **entered)
    if isinstance(value, coaching.Problem):
        raise _WRONG[item.kind](VALUE, given=filled.typed[:60])
    if value is None:
        value = _in_the_words(filled, known)
    if value is None and status is Status.IN_PLACE:
        _refuse_empty(filled, known)
    if value and item.kind is AnswerKind.PERSON:
        _check_person(value.ids[0], known.people, VALUE)
    if value and item.kind is AnswerKind.MONEY and filled.typed:
        if not _CURRENCY.fullmatch(filled.unit):
            raise errors.CurrencyMissing(UNIT)
        return value.model_copy(update={"unit": filled.unit})
    return value


def _in_the_words(filled: Filled, known: Known) -> Value | None:
    """Return what somebody wrote into the words instead of the field beside them."""
    found = coaching.read_value(known.item, text=filled.words, ear=known.ear) if filled.words else None
    return found if isinstance(found, Value) else None


def _refuse_empty(filled: Filled, known: Known) -> None:
    """Refuse a kind without its value; a person or a team whom Slack does not know can only be named."""
    named = filled.words and known.item.kind in {AnswerKind.PERSON, AnswerKind.GROUP}
    if known.item.kind in _EMPTY and not named:
        raise _EMPTY[known.item.kind](VALUE)
    if known.item.kind is AnswerKind.TEXT and not (filled.words or _kept_words(known.before)):
        raise errors.WordsMissing(WORDS)


_FIGURES: Final = frozenset({AnswerKind.NUMBER, AnswerKind.MONEY, AnswerKind.PERCENTAGE})
_EMPTY: Final[Mapping[AnswerKind, type[FieldRefusal]]] = {
    AnswerKind.NUMBER: errors.FigureMissing,
    AnswerKind.MONEY: errors.FigureMissing,
    AnswerKind.PERCENTAGE: errors.FigureMissing,
    AnswerKind.DATE: errors.DayMissing,
    AnswerKind.LINK: errors.AddressMissing,
    AnswerKind.PERSON: errors.PersonMissing,
    AnswerKind.GROUP: errors.GroupMissing,
    AnswerKind.CHOICE: errors.ChoiceMissing,
    AnswerKind.CHOICES: errors.ChoiceMissing,
}
_WRONG: Final[Mapping[AnswerKind, type[FieldRefusal]]] = {
    AnswerKind.NUMBER: errors.NotAFigure,
    AnswerKind.MONEY: errors.NotAFigure,
    AnswerKind.PERCENTAGE: errors.NotAFigure,
    AnswerKind.DATE: errors.NoSuchDay,
    AnswerKind.LINK: errors.NoAddress,
    AnswerKind.PERSON: errors.PersonMissing,
    AnswerKind.GROUP: errors.GroupMissing,
    AnswerKind.CHOICE: errors.ChoiceGone,
    AnswerKind.CHOICES: errors.ChoiceGone,
}


def _kept_words(before: Answer | None) -> str:
    """Return words that did not fit into the form, so that its empty field takes nothing back."""
    return before.detail if before and len(before.detail) > FORM_TAKES else ""


def _links_of_form(filled: Filled, before: Answer | None) -> tuple[str, ...]:
    links = addresses(filled.links, EVIDENCE)
    if before and not filled.links and not fits_a_field(before.evidence):
        return before.evidence  # they did not fit into the form
    return links


def group_of(plan: Plan | None) -> str | None:
    """Return the group that takes the step: a picker of people cannot show it, so an empty one does not take it back."""
    return plan.who if plan and plan.who and is_group(plan.who) else None


def _plan_of_form(filled: Filled, known: Known) -> Plan | None:
    was = known.before.plan if known.before else None
    by = _ahead(filled.by, was.by if was else None, known.ear.today)
    said = was.who_said if was and not filled.who else ""
    what = was.what if was else ""
    plan = Plan(what=what, who=filled.who or group_of(was), who_said=said, by=by)
    return None if plan == Plan() else plan


def _ahead(chosen: str | None, was: date | None, today: date | None) -> date | None:
    """Read a day that lies ahead; one that was agreed before may stay, though it is over."""
    if not chosen:
        return None
    day = _date(chosen, BY)
    if today and day < today and day != was:
        raise errors.DayIsOver(BY)
    return day


def _date(chosen: str, block_id: str) -> date:
    try:
        return date.fromisoformat(chosen)
    except ValueError as error:
        raise errors.NoSuchDay(block_id) from error


def _check_person(who: str | None, people: Mapping[str, Person], block_id: str) -> None:
    person = people.get(who) if who else None
    if who and (person is None or person.deactivated or person.bot):
        raise errors.PersonCannotAct(block_id)


def _address(word: str, block_id: str, line: str = "") -> str:
    """Return an address as it can be shown again; what is none is refused with the line that it stands in."""
    given = word.strip().strip("<>").rstrip(",;")
    try:
        parts = urlsplit(given)
        is_address = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_address = False
    if not is_address:
        raise errors.NoAddress(block_id, given=(line or given)[:60])
    return "".join(_ENDS_A_LINK.get(character, character) for character in given)
