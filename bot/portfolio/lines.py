"""What is told of a pilot in one line of a list: where it stands today, both its clocks, and the worst that was seen in it.

However many pilots a page shows, a few questions to the database answer that. Structure only; the words are in
`prompts/portfolio/line.j2`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.desk import Desk
from bot.domain import staleness
from bot.domain.handovers import Ownership, ownership
from bot.domain.messages import Block
from bot.domain.moves import StageMove
from bot.domain.pilots import Pilot
from bot.domain.readiness import asked_by, verdict
from bot.domain.signals import Severity, Signal
from bot.domain.waivers import day_of
from bot.pilots import answerable, flagged, signalled
from bot.pilots.counting import is_ready
from bot.pilots.messages import ActionId as PilotActionId, stage_title
from bot.portfolio.names import ActionId
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

LINE_SHOWN = 400
"""The longest line, in characters: ten of them with all that is around stay well under what Slack takes."""


class Line(NamedTuple):
    """A pilot with what is told of it."""

    pilot: Pilot
    """With what is in place today: its row knows what was so when it last changed."""
    owner: Ownership
    waived: int = 0
    """How many accepted risks are counted as open."""
    open_again: Sequence[str] = ()
    """What no longer holds since its last approval, by title."""
    worst: Signal | None = None
    """The worst of what was seen in it; None where nothing was."""
    ended: StageMove | None = None
    """How it was retired; None while it runs."""
    may_revive: bool = False
    """Whether it is retired and the reader answers for it; whoever clicks is asked about anew."""


def lines_of(desk: Desk, some: Sequence[Pilot]) -> list[Line]:
    """Return what is told of some pilots, in their order."""
    if not some:
        return []
    running = [pilot for pilot in some if not pilot.retired]
    today, waived = counted_today(desk, running)
    owners = answerable.ownerships_of(desk, running)
    open_again = flagged.titles_by_pilot(desk, running)
    worst = worst_by_pilot(desk, running)
    retired = [pilot for pilot in some if pilot.retired]
    ended = desk.tx.moves.endings_of([pilot.id for pilot in retired]) if retired else {}
    theirs = answerable.steered_by(desk, retired, desk.at.actor_id)
    return [
        Line(
            today.get(pilot.id, pilot),
            owners.get(pilot.id) or ownership(pilot, ()),
            waived.get(pilot.id, 0),
            open_again.get(pilot.id, ()),
            worst.get(pilot.id),
            ended.get(pilot.id),
            may_revive=pilot.id in theirs,
        )
        for pilot in some
    ]


def counted_today(desk: Desk, some: Sequence[Pilot]) -> tuple[dict[str, Pilot], dict[str, int]]:
    """Return pilots with what is in place today, and how many accepted risks each has, by id."""
    if not some:
        return {}, {}
    ids = [pilot.id for pilot in some]
    answers = desk.tx.answers.current_of_pilots(ids)
    waivers = desk.tx.waivers.of_pilots(ids, day_of(desk.at.now))
    waived: dict[str, int] = {}

    def counted(pilot: Pilot) -> Pilot:
        gate = desk.playbook.gate_from(pilot.stage)
        given, now = answers.get(pilot.id, {}), desk.at.now
        items = asked_by(gate, desk.playbook.items_of(gate), given, pilot.stage_since, now) if gate else ()
        today = verdict(items, given, now, waived=waivers.get(pilot.id))
        waived[pilot.id] = len(today.waived)
        counts = {"required": today.required, "in_place": today.in_place, "ready": is_ready(gate, today)}
        return pilot.model_copy(update=counts)

    return {pilot.id: counted(pilot) for pilot in some}, waived


def worst_by_pilot(desk: Desk, some: Sequence[Pilot]) -> Mapping[str, Signal]:
    """Return the worst signal of each of some pilots, the oldest of several that are as bad; nothing where none is raised."""
    troubled = [pilot.id for pilot in some if pilot.severity]
    raised = desk.tx.signals.raised_of_pilots(troubled) if troubled else {}
    return {pilot_id: worst_first[0] for pilot_id, worst_first in raised.items()}


def line_words(library: Library, line: Line, now: datetime) -> Words:
    """Return what is said of a pilot."""
    pilot, gate = line.pilot, library.playbook.gate_from(line.pilot.stage)
    return library.words(
        "portfolio/line",
        pilot=pilot,
        owner=line.owner,
        stage=stage_title(library, pilot.stage),
        to_stage=stage_title(library, gate.to_stage) if gate and gate.leads_on else "",
        days=staleness.days_since(pilot.stage_since, now),
        quiet_days=staleness.quiet_days(pilot, now),
        overdue=pilot.decide_on is not None and pilot.decide_on < day_of(now),
        waived=line.waived,
        open_again=line.open_again,
        severity=Severity(line.worst.severity).name.lower() if line.worst else "none",
        cause=signalled.title_of(library, line.worst) if line.worst else "",
        ended=line.ended,
        came_from=stage_title(library, line.ended.from_stage or "") if line.ended else "",
    )


def line_block(library: Library, line: Line, now: datetime) -> Block:
    """Return a pilot's line with the button that shows its status; with the one that revives it, where it ended and they may."""
    words, pilot = line_words(library, line, now), line.pilot
    said = words.mrkdwn("ended_line" if pilot.retired else "line", at_most=LINE_SHOWN)
    word, action_id = ("revive", PilotActionId.REVIVE) if line.may_revive else ("open", ActionId.OPEN_STATUS)
    button = blocks.button(words.plain(word), blocks.one_of(action_id, pilot.id), pilot.id)
    return blocks.section(said, f"pilot:{pilot.id}", button)
