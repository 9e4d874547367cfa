"""Which controls a line has: the one thing to do next for its kind of matter, and what else somebody may want behind the dots.

Every one of them checks at the click who may use it; here is only what is worth offering to whom.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from bot.answers.names import ActionId as AnswersActionId
from bot.asking.messages import ActionId as AskingActionId
from bot.desk import Desk
from bot.domain.matters import Matter, MatterKind
from bot.domain.pilots import Pilot
from bot.domain.watched import Role
from bot.handover.messages import ActionId as HandoverActionId
from bot.interview import shown as interviews_shown
from bot.nudges.names import ActionId, LineId
from bot.orphans.messages import ActionId as OrphansActionId
from bot.orphans.workflow import Claimed
from bot.pilots import answerable
from bot.pilots.messages import ActionId as PilotActionId
from bot.review.messages import ActionId as ReviewActionId
from bot.stages.extending import ways_of

MOST_IN_MENU: Final = 5
EXTEND: Final = "pilot.extend"


class Control(NamedTuple):
    """A button, or an entry behind the dots."""

    word: str
    """The block of `nudges/controls` that names it."""
    action_id: str
    value: str
    link: str | None = None


class Way(NamedTuple):
    """What can be done about a line."""

    buttons: tuple[Control, ...] = ()
    menu: tuple[Control, ...] = ()


class _Here(NamedTuple):
    """Whose line about what it is."""

    desk: Desk
    matter: Matter
    pilot: Pilot
    line: LineId

    @property
    def in_channel(self) -> bool:
        return is_channel(self.line.person_id)

    @property
    def steers(self) -> bool:
        return self.line.person_id in {self.pilot.champion_id, self.owner}

    @property
    def owner(self) -> str | None:
        return answerable.owner_of(self.desk, self.pilot)


def is_channel(person_id: str) -> bool:
    """Whether who hears is a channel."""
    return person_id.startswith(("C", "G"))


def way_on(desk: Desk, matter: Matter, pilot: Pilot, line: LineId) -> Way:
    """Return the controls of a line, from what is true now."""
    here = _Here(desk, matter, pilot, line)
    offered = _FIRST.get(matter.kind, _update)(here)
    return Way(tuple(one for one in offered if one), _menu(here)[:MOST_IN_MENU])


def _menu(here: _Here) -> tuple[Control, ...]:
    line = here.line.packed()
    if here.in_channel:
        return (Control("not_in_channel", ActionId.MUTE, line),)
    entries: list[Control | None] = [
        Control("snooze", ActionId.SNOOZE, line),
        Control("mute", ActionId.MUTE, line),
        Control("blocked", ActionId.BLOCKED, line) if here.matter.kind in _CAN_BE_BLOCKED else None,
        _NOT_ME.get(here.matter.kind, _not_me)(here),
        Control("retire", PilotActionId.RETIRE, here.pilot.id)
        if here.steers and here.matter.kind in _MAY_END
        else None,
    ]
    return tuple(one for one in entries if one)


def _update(here: _Here) -> list[Control | None]:
    return [Control("update", ActionId.UPDATE, here.line.packed())]


def _request(here: _Here) -> list[Control | None]:
    return [Control("request", PilotActionId.REQUEST, here.pilot.id)]


def _decide(here: _Here) -> list[Control | None]:
    pilot, ways = here.pilot, ways_of(here.desk, here.pilot)
    return [
        Control("request", PilotActionId.REQUEST, pilot.id) if ways.may_ask else None,
        Control("extend", EXTEND, pilot.id),
        Control("roll_back", PilotActionId.ROLL_BACK, pilot.id) if ways.may_go_back else None,
        Control("retire", PilotActionId.RETIRE, pilot.id),
    ]


def _answer(here: _Here) -> list[Control | None]:
    ask = here.desk.tx.asks.get(here.pilot.workspace_id, here.matter.subject)
    return [_write("answer", here.pilot, ask.item_id)] if ask else _update(here)


def _step(here: _Here) -> list[Control | None]:
    action = here.desk.tx.actions.get(here.pilot.workspace_id, here.matter.subject)
    return [_write("update", here.pilot, action.item_id)] if action else _update(here)


def _waived(here: _Here) -> list[Control | None]:
    found = here.desk.tx.waivers.all_of_pilot(here.pilot.id)
    item_id = next((one.item_id for one in found if one.id == here.matter.subject), None)
    return [_write("update", here.pilot, item_id)] if item_id else _update(here)


def _condition(here: _Here) -> list[Control | None]:
    return [Control("done", ReviewActionId.CONDITION_DONE, here.matter.subject)]


def _blocker(here: _Here) -> list[Control | None]:
    return [Control("solved", ActionId.SOLVED, here.matter.subject)]


def _accept(here: _Here) -> list[Control | None]:
    if here.line.person_id != here.matter.person_id:
        return [Control("hand_over", PilotActionId.HAND_OVER, here.pilot.id)]
    return [Control("accept", HandoverActionId.ACCEPT, here.matter.subject)]


def _thread(here: _Here) -> list[Control | None]:
    root = here.desk.tx.messages.by_key(
        here.pilot.workspace_id, interviews_shown.root_key(here.matter.subject)
    )
    link = here.desk.link_to(root)
    return [Control("open_thread", ActionId.OPEN, here.line.mark, link)] if link else _update(here)


def _take_on(here: _Here) -> list[Control | None]:
    """Offer to take on what somebody left; whoever answers for the pilot may propose another owner instead."""
    pilot, missed = here.pilot, here.matter.subject
    role = Role.CHAMPION if missed == pilot.champion_id else Role.OWNER
    proposes = role is Role.OWNER and here.steers
    return [
        Control("claim", OrphansActionId.CLAIM, Claimed(pilot.id, role, missed).value),
        Control("hand_over", PilotActionId.HAND_OVER, pilot.id) if proposes else None,
    ]


def _write(word: str, pilot: Pilot, item_id: str) -> Control:
    return Control(word, AnswersActionId.WRITE, f"{pilot.id}:{item_id}")


def _not_me(here: _Here) -> Control | None:
    """Return how an owner or a champion passes a pilot on; whoever hears for another reason has nothing to pass on."""
    if here.line.person_id == here.owner:
        return Control("not_me", PilotActionId.HAND_OVER, here.pilot.id)
    if here.line.person_id == here.pilot.champion_id:
        return Control("not_me", ActionId.NOT_ME, here.pilot.id)
    return None


def _not_my_question(here: _Here) -> Control | None:
    asked = here.line.person_id == here.matter.person_id
    return Control("not_me", AskingActionId.NOT_ME, here.matter.subject) if asked else None


def _not_my_step(here: _Here) -> Control | None:
    action = here.desk.tx.actions.get(here.pilot.workspace_id, here.matter.subject)
    if action is None or here.line.person_id != here.matter.person_id:
        return None
    return Control("not_me", AnswersActionId.PLAN, f"{here.pilot.id}:{action.item_id}")


def _not_my_pilot(here: _Here) -> Control | None:
    asked = here.line.person_id == here.matter.person_id
    return Control("not_me", HandoverActionId.NOT_ME, here.matter.subject) if asked else None


def _not_mine(here: _Here) -> Control | None:
    asked = here.line.person_id == here.matter.person_id
    return Control("not_mine", ActionId.NOT_MINE, here.matter.subject) if asked else None


def _nobody_else(_: _Here) -> None:
    return None


_FIRST: Final[Mapping[MatterKind, Callable[[_Here], list[Control | None]]]] = MappingProxyType(
    {
        MatterKind.DECISION: _decide,
        MatterKind.ORPHANED: _take_on,
        MatterKind.CONDITION: _condition,
        MatterKind.BLOCKER: _blocker,
        MatterKind.ASK: _answer,
        MatterKind.OWNER: _accept,
        MatterKind.ACTION: _step,
        MatterKind.WAIVER: _waived,
        MatterKind.READY: _request,
        MatterKind.INTERVIEW: _thread,
    }
)
"""What is to be done next, by kind; for all others it is to go on with the questions."""
_NOT_ME: Final[Mapping[MatterKind, Callable[[_Here], Control | None]]] = MappingProxyType(
    {
        MatterKind.ASK: _not_my_question,
        MatterKind.ACTION: _not_my_step,
        MatterKind.OWNER: _not_my_pilot,
        MatterKind.BLOCKER: _not_mine,
        MatterKind.CONDITION: _nobody_else,
        MatterKind.ORPHANED: _nobody_else,
    }
)
_CAN_BE_BLOCKED: Final = frozenset(MatterKind) - {
    MatterKind.REVIEW,
    MatterKind.ASK,
    MatterKind.OWNER,
    MatterKind.BLOCKER,
    MatterKind.ORPHANED,
}
_MAY_END: Final = frozenset({MatterKind.QUIET, MatterKind.BAR, MatterKind.INTERVIEW, MatterKind.READY})
GOES_WITH_THE_PILOT: Final = frozenset(MatterKind) - {*_NOT_ME, MatterKind.REVIEW}
"""What waits for a champion because the pilot is theirs, so that it is handed on together with it."""
