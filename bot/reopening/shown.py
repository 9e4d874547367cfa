"""Where it is said that a gate is open again: one word in the pilot's channel, one under the review for its board.

Each time that a gate is open again has a word of its own, which is edited until everything holds and then left alone. On
hold nothing new is said; it comes when the pilot goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.desk import Desk
from bot.domain import reopening as rules
from bot.domain.flags import Flag, FlagKind
from bot.domain.messages import OutboundMessage
from bot.domain.pilots import Pilot
from bot.domain.reopening import Finding
from bot.domain.reviews import Choice, Review
from bot.domain.waivers import Waiver
from bot.pilots import answerable, flagged, workflow as pilots
from bot.reopening import messages
from bot.reopening.facts import Passed
from bot.reopening.messages import Line, Opening, State
from bot.review import workflow as reviews


@dataclass(frozen=True)
class Told:
    """What a look leaves to be said."""

    pilot: Pilot
    passed: Passed
    finding: Finding
    flags: tuple[Flag, ...]
    """All that were ever raised for the pilot, as they are now."""
    changed: bool
    """Whether this look raised or cleared any."""


def tell(desk: Desk, told: Told) -> None:
    """State every word about a gate that is open again, or was until this look."""
    here = told.passed.gate.id if told.passed.gate else None
    for gate_id in dict.fromkeys(one.gate_id for one in told.flags if _is_of_now(desk, one)):
        flags = rules.latest_opening(told.flags, gate_id)
        state = _state(flags, is_here=gate_id == here)
        if state is State.OPEN or told.changed:
            _tell(desk, told, _opening(desk, told, flags, state))


def _is_of_now(desk: Desk, flag: Flag) -> bool:
    """Whether a flag is up, or came down in this look."""
    return flag.cleared_at is None or flag.cleared_at == desk.at.now


def _state(flags: Iterable[Flag], *, is_here: bool) -> State:
    if any(one.cleared_at is None for one in flags):
        return State.OPEN
    return State.MENDED if is_here else State.LEFT


def key_of(opening: Opening) -> str:
    """Return the key of the word about one time that a gate was open again."""
    began = opening.began_at
    return f"reopening:{opening.pilot.id}:{opening.lines[0].flag.gate_id}:{began:%Y%m%dT%H%M%S.%f}"


def _tell(desk: Desk, told: Told, opening: Opening) -> None:
    key, pilot = key_of(opening), told.pilot
    there = desk.tx.messages.by_key(pilot.workspace_id, key)
    may_begin = opening.state is State.OPEN and pilot.hold is None
    if there is None and not may_begin:
        return  # it was never said, so there is nothing to take back
    card = desk.tx.messages.by_key(pilot.workspace_id, pilots.card_key(pilot.id))
    body = messages.open_again_message(desk.library, opening)
    desk.tx.messages.show(pilot.workspace_id, key, pilot.channel_id, body, under=card.id if card else None)
    if told.changed or there is None:
        _tell_board(desk, f"{key}:board", opening)
    if there is not None and there.first_attempt_at is not None:
        _tell_of_owner(desk, key, opening, since=there.first_attempt_at, card=card)


def _tell_board(desk: Desk, key: str, opening: Opening) -> None:
    """Tell those who approved, under the card that they approved on."""
    review, pilot = opening.review, opening.pilot
    if review is None:
        return
    card = desk.tx.messages.by_key(pilot.workspace_id, reviews.card_key(review.id))
    desk.tx.messages.show(
        pilot.workspace_id,
        key,
        card.channel_id if card else desk.rooms.review or pilot.channel_id,
        messages.board_message(desk.library, opening, opening.approved_by),
        under=card.id if card else None,
    )


def _who_decided(desk: Desk, review: Review) -> tuple[str, ...]:
    """Return who approved; whoever decided where it is not known who did."""
    votes = desk.tx.votes.of_review(review.id)
    said_yes = (
        one.user_id for one in votes if one.choice is Choice.APPROVE and one.counts_for(review.snapshot_hash)
    )
    decided = (review.decided_by,) if review.decided_by else ()
    return tuple(dict.fromkeys(said_yes)) or decided


def _tell_of_owner(
    desk: Desk, key: str, opening: Opening, *, since: datetime, card: OutboundMessage | None
) -> None:
    """Say in a word of its own that the owner left after the other word was sent: an edit calls nobody."""
    pilot = opening.pilot
    for line in opening.lines:
        if line.flag.kind is not FlagKind.OWNER or line.flag.raised_at <= since:
            continue
        own_key = f"{key}:owner:{line.flag.id}"
        may_begin = line.is_open and pilot.hold is None
        if may_begin or desk.tx.messages.by_key(pilot.workspace_id, own_key):
            desk.tx.messages.show(
                pilot.workspace_id,
                own_key,
                pilot.channel_id,
                messages.owner_message(desk.library, opening, line),
                under=card.id if card else None,
            )


def _opening(desk: Desk, told: Told, flags: tuple[Flag, ...], state: State) -> Opening:
    pilot = told.pilot
    newest = {(one.kind, one.subject): one for one in flags}
    lines = [_line(desk, told, one) for one in flagged.in_order(desk.library, newest.values())]
    review_id = flags[-1].review_id
    known = told.passed.review
    if review_id and (known is None or known.id != review_id):
        known = desk.tx.reviews.get(pilot.workspace_id, review_id)
    ahead = desk.playbook.gate_from(pilot.stage)
    return Opening(
        pilot=pilot,
        state=state,
        began_at=flags[0].raised_at,
        lines=tuple(sorted(lines, key=lambda one: not one.is_open)),
        review=known,
        asked=_who_is_asked(desk, told),
        ahead=ahead,
        asked_ahead=frozenset(item.id for item in desk.playbook.items_of(ahead)) if ahead else frozenset(),
        approved_by=_who_decided(desk, known) if known else (),
    )


def _who_is_asked(desk: Desk, told: Told) -> str | None:
    """Return who puts it right: the owner; the champion where the owner has left or declined; None where nobody is left."""
    pilot = told.pilot
    for one in dict.fromkeys((answerable.owner_of(desk, pilot), pilot.champion_id)):
        if one and not rules.has_left(desk.tx.people.get(pilot.workspace_id, one)):
            return one
    return None


def _line(desk: Desk, told: Told, flag: Flag) -> Line:
    (title,) = flagged.titles(desk.library, [flag])
    line = Line(flag=flag, title=title)
    if not line.is_open:
        return line
    match flag.kind:
        case FlagKind.EVIDENCE:
            return line.having(standing=told.finding.standing(flag.subject))
        case FlagKind.WAIVER:
            return line.having(waiver=_accepted(desk, told.pilot, flag.subject))
        case FlagKind.CONDITION:
            found = (one for one in told.passed.ground.conditions if one.id == flag.subject)
            return line.having(condition=next(found, None))
        case FlagKind.OWNER:
            return line.having(person=told.passed.ground.owner)
        case FlagKind.BREAK_GLASS:
            return line.having(review=told.passed.review)


def _accepted(desk: Desk, pilot: Pilot, item_id: str) -> Waiver | None:
    """Return the waiver that was granted last for an item."""
    granted = [
        one for one in desk.tx.waivers.all_of_pilot(pilot.id) if one.item_id == item_id and one.was_granted
    ]
    return max(granted, key=lambda one: one.asked_at, default=None)
