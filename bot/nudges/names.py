"""The ids of this feature's controls and forms, and how a control says which line of which message it belongs to: ids only."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from bot.domain.matters import MatterKind
from bot.domain.notices import Notice

MARK_LENGTH: Final = 12
FROM_THE_FIRST: Final = "first"
"""Stands where a mark would: from the first of the lines on that a message only counts."""


class ActionId(StrEnum):
    """The controls of this feature."""

    UPDATE = "nudge.update"
    OPEN = "nudge.open"
    SNOOZE = "nudge.snooze"
    MUTE = "nudge.mute"
    UNMUTE = "nudge.unmute"
    BLOCKED = "nudge.blocked"
    SOLVED = "nudge.blocker_solved"
    NOT_MINE = "nudge.blocker_not_mine"
    NOT_ME = "nudge.not_me"
    PREFERENCES = "nudge.preferences"
    REST = "nudge.rest"
    """The lines that a message only counts."""


class Former(StrEnum):
    """Controls that are drawn no more; older messages still have them, and they do what they say."""

    RETIRE = "nudge.retire"
    OPEN_REVIEW = "nudge.open_review"


class CallbackId(StrEnum):
    """The forms of this feature."""

    SNOOZE = "nudge.snooze_form"
    MUTE = "nudge.mute_form"
    BLOCKED = "nudge.blocked_form"
    SOLVED = "nudge.blocker_solved_form"
    NOT_MINE = "nudge.blocker_not_mine_form"
    NOT_ME = "nudge.not_me_form"
    PREFERENCES = "nudge.preferences_form"


@dataclass(frozen=True, slots=True)
class LineId:
    """Which line of which message: who was told, on which of their days, and the mark of what it is about."""

    person_id: str
    """A person, or a channel."""
    slot: str
    mark: str

    @classmethod
    def of(cls, notice: Notice, slot: str) -> "LineId":
        """Return the line that a notice has in the message of a slot."""
        return cls(notice.person_id, slot, mark_of(notice))

    def packed(self) -> str:
        """Return it as one string, short enough for the entry of a menu."""
        return f"{self.person_id}:{self.slot}:{self.mark}"

    @classmethod
    def unpack(cls, value: str) -> "LineId | None":
        """Read such a string; None for anything else, and a forged one is refused where it is looked up."""
        parts = value.split(":")
        return cls(*parts) if len(parts) == 3 and all(parts) else None


def mark_of(notice: Notice) -> str:
    """Return what tells a line from the others of its message; the name of a matter may be longer than Slack takes."""
    return sha256(f"{notice.pilot_id} {notice.thing}".encode()).hexdigest()[:MARK_LENGTH]


def line_block(mark: str) -> str:
    """Return the block that holds a line's words."""
    return f"line:{mark}"


def controls_block(mark: str) -> str:
    """Return the block that holds its controls, where these are several."""
    return f"do:{mark}"


def drawn_as(notice: Notice) -> tuple[frozenset[str], frozenset[str]]:
    """Return the blocks that hold the words and the controls of what somebody was told, as today and as an earlier release drew them."""
    mark = mark_of(notice)
    former = f"review:{notice.subject}" if notice.kind is MatterKind.REVIEW else f"pilot:{notice.pilot_id}"
    controls = {controls_block(mark), f"actions:{notice.pilot_id}"}
    return frozenset({line_block(mark), former}), frozenset(controls)
