"""What a nudge looks like: one direct message for a person and day, a paragraph for each quiet pilot.

Structure only; the words are in `prompts/nudges/`.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bot.domain import staleness
from bot.domain.messages import Block, Body
from bot.domain.nudges import Nudge
from bot.domain.pilots import Pilot
from bot.domain.readiness import Verdict
from bot.pilots.messages import stage_title
from bot.slack import blocks
from prompts.library import Library

PILOTS_SHOWN = 15
"""How many pilots one message spells out; the rest are counted."""


class ActionId(StrEnum):
    """The controls of this feature."""

    UPDATE = "nudge.update"
    SNOOZE = "nudge.snooze"
    RETIRE = "nudge.retire"


class CallbackId(StrEnum):
    """The forms of this feature."""

    RETIRE = "nudge.retire_form"


class Line(NamedTuple):
    """One nudge with the pilot that it is about."""

    nudge: Nudge
    pilot: Pilot
    verdict: Verdict
    leads_on: bool = True
    """Whether there is a next stage; without one it is upkeep that waits."""


def quiet_message(library: Library, lines: Sequence[Line], now: datetime) -> Body:
    """Return the direct message about a person's quiet pilots, with what was answered meanwhile."""
    words = library.words(
        "nudges/quiet",
        lines=lines,
        more=max(0, len(lines) - PILOTS_SHOWN),
        snooze_days=library.playbook.nudges.snooze_days,
    )
    parts: list[Block | None] = [blocks.section(words.mrkdwn("intro"), "intro")]
    for line in lines[:PILOTS_SHOWN]:
        parts += _pilot(library, line, now)
    if len(lines) > PILOTS_SHOWN:
        parts.append(blocks.context(words.mrkdwn("more_line"), "more"))
    parts.append(blocks.context(words.mrkdwn("why"), "why"))
    return blocks.message(words.mrkdwn("text"), parts)


def _pilot(library: Library, line: Line, now: datetime) -> list[Block | None]:
    nudge, pilot = line.nudge, line.pilot
    words = library.words(
        "nudges/pilot",
        nudge=nudge,
        pilot=pilot,
        verdict=line.verdict,
        leads_on=line.leads_on,
        stage=stage_title(library, pilot.stage),
        days=staleness.days_since(nudge.quiet_since, nudge.sent_at),
        snooze_days=library.playbook.nudges.snooze_days,
        now=now,
    )
    block_id = f"pilot:{pilot.id}"
    if nudge.reply is not None or pilot.retired:
        return [blocks.section(words.mrkdwn("answered"), block_id)]
    value = f"{pilot.id}:{nudge.slot}"
    buttons = [
        blocks.button(
            words.plain("update"), blocks.one_of(ActionId.UPDATE, pilot.id), value, style="primary"
        ),
        blocks.button(words.plain("snooze"), blocks.one_of(ActionId.SNOOZE, pilot.id), value),
        blocks.button(words.plain("retire"), blocks.one_of(ActionId.RETIRE, pilot.id), value),
    ]
    return [
        blocks.section(words.mrkdwn("line"), block_id),
        blocks.actions(buttons, f"actions:{pilot.id}"),
    ]
