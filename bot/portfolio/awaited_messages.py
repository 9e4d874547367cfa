"""What awaits somebody, a line each with the control that leads on: in `/pilot mine` and on the Home tab.

Structure only; the words are in `prompts/portfolio/`.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bot.answers.names import ActionId as AnswersActionId
from bot.domain.flags import FlagKind
from bot.domain.matters import MatterKind
from bot.domain.messages import Block, Body
from bot.domain.people import is_group
from bot.handover.messages import ActionId as HandoverActionId
from bot.nudges.names import ActionId as NudgeActionId
from bot.pilots.messages import ActionId as PilotActionId, stage_title
from bot.portfolio.names import ActionId
from bot.portfolio.to_decide import Awaited, WaiverAsked
from bot.portfolio.waiting import (
    Handed,
    HandedBack,
    InTheWay,
    OpenAgain,
    Owed,
    Proposed,
    Ready,
    ToDecide,
    Undertaken,
    Underway,
    Unfinished,
    Waiting,
)
from bot.review.messages import ActionId as ReviewActionId
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

LINE_SHOWN = 250
"""The longest line, in characters: forty of them stay under what Slack takes over all blocks of a message."""
OF_A_KIND = 6
"""How many things of one kind are spelt out."""
LINES_IN_MESSAGE = 36
"""How many lines a private message has room for; it takes 50 blocks."""


def mine_message(library: Library, waiting: Waiting) -> Body:
    """Return what awaits a person, for their eyes only."""
    words = library.words("portfolio/mine", count=waiting.count)
    title = blocks.section(words.mrkdwn("title"), "title")
    return blocks.message(words.mrkdwn("text"), [title, *waiting_lines(library, waiting, LINES_IN_MESSAGE)])


class _Kind(NamedTuple):
    """Things of one kind, with how one of them is shown and how many blocks that takes."""

    about: MatterKind
    things: Sequence[Any]
    shown: Callable[[Library, Any], list[Block]]
    height: int = 1


def waiting_lines(library: Library, waiting: Waiting, most: int) -> list[Block]:
    """Return a line with its control for each thing that awaits somebody, and how many more there are.

    They stand in the order in which the playbook calls them urgent, as people hear of them. It takes `most` blocks and one more.
    Where there is more than fits, the kinds of which there is most give way first.
    """
    kinds = sorted(_kinds(waiting), key=lambda kind: library.playbook.nudges.urgency(kind.about))
    room = [min(len(kind.things), OF_A_KIND) for kind in kinds]
    while sum(n * kind.height for n, kind in zip(room, kinds, strict=True)) > most:
        heights = [n * kind.height for n, kind in zip(room, kinds, strict=True)]
        room[heights.index(max(heights))] -= 1
    lines = [
        block
        for kind, n in zip(kinds, room, strict=True)
        for thing in kind.things[:n]
        for block in kind.shown(library, thing)
    ]
    if waiting.count > sum(room):
        words = library.words("portfolio/mine", count=waiting.count - sum(room))
        lines.append(blocks.context(words.mrkdwn("more"), "waiting_more"))
    return lines


def _kinds(waiting: Waiting) -> list[_Kind]:
    """Return all that awaits somebody, by kind; those that the playbook calls as urgent stand in this order."""
    return [
        _Kind(MatterKind.REVIEW, waiting.handed_back, _one_line(_handed_back)),
        _Kind(MatterKind.REVIEW, waiting.reviews, _one_line(_awaited)),
        _Kind(MatterKind.REVIEW, waiting.waivers, _one_line(_waiver)),
        _Kind(MatterKind.DECISION, waiting.decisions, _decision, 2),
        _Kind(MatterKind.OPEN_AGAIN, waiting.open_again, _one_line(_open_again)),
        _Kind(MatterKind.CONDITION, waiting.owed, _one_line(_owed)),
        _Kind(MatterKind.BLOCKER, waiting.blockers, _one_line(_in_the_way)),
        _Kind(MatterKind.ASK, waiting.handed, _one_line(_handed)),
        _Kind(MatterKind.OWNER, waiting.proposed, _one_line(_proposed)),
        _Kind(MatterKind.ACTION, waiting.undertaken, _one_line(_undertaken)),
        _Kind(MatterKind.READY, waiting.ready, _one_line(_ready)),
        _Kind(MatterKind.INTERVIEW, waiting.underway, _one_line(_underway)),
        _Kind(MatterKind.QUIET, waiting.unfinished, _one_line(_unfinished)),
    ]


def _one_line(line: Callable[[Library, Any], Block]) -> Callable[[Library, Any], list[Block]]:
    return lambda library, thing: [line(library, thing)]


def _line(words: Words, block_id: str, control: Block | None = None) -> Block:
    return blocks.section(words.mrkdwn("line", at_most=LINE_SHOWN), block_id, control)


def _link(text: str, action_id: str, key: str, link: str | None) -> Block | None:
    """Return the button that leads to an address; nothing while there is none."""
    return blocks.button(text, blocks.one_of(action_id, key), key, url=link) if link else None


def _handed_back(library: Library, one: HandedBack) -> Block:
    to_stage = stage_title(library, one.review.to_stage)
    words = library.words(
        "portfolio/handed_back", question=one.question, review=one.review, pilot=one.pilot, to_stage=to_stage
    )
    action_id = blocks.one_of(ReviewActionId.ANSWER_CHANGE, one.question.id)
    answer = blocks.button(words.plain("answer"), action_id, one.question.id)
    return _line(words, f"question:{one.question.id}", answer)


def _decision(library: Library, one: ToDecide) -> list[Block]:
    """Return the day by which it has to be decided whether a pilot goes on, with the ways that there are."""
    pilot = one.pilot
    words = library.words(
        "portfolio/to_decide", pilot=pilot, stage=stage_title(library, pilot.stage), overdue=one.overdue
    )
    labels = library.words("stages/extend_buttons", pilot=pilot)
    ways = [PilotActionId.REQUEST] if one.may_be_asked else []
    ways += [PilotActionId.EXTEND]
    ways += [PilotActionId.ROLL_BACK] if one.may_go_back else []
    ways += [PilotActionId.RETIRE]
    buttons = [
        blocks.button(labels.plain(way.name.lower()), blocks.one_of(way, f"decide:{pilot.id}"), pilot.id)
        for way in ways
    ]
    if not one.may_be_asked and pilot.in_place < pilot.required:
        buttons.insert(0, _coach(words.plain("coach"), "decide", pilot.id))
    return [_line(words, f"decide:{pilot.id}"), blocks.actions(buttons, f"decide_ways:{pilot.id}")]


def _in_the_way(library: Library, one: InTheWay) -> Block:
    words = library.words("portfolio/in_the_way", blocker=one.blocker, pilot=one.pilot, overdue=one.overdue)
    action_id = blocks.one_of(NudgeActionId.SOLVED, one.blocker.id)
    solved = blocks.button(words.plain("solved"), action_id, one.blocker.id)
    return _line(words, f"blocker:{one.blocker.id}", solved)


def _ready(library: Library, one: Ready) -> Block:
    pilot, gate = one.pilot, library.playbook.gate_from(one.pilot.stage)
    to_stage = stage_title(library, gate.to_stage) if gate else ""
    words = library.words("portfolio/ready", pilot=pilot, to_stage=to_stage)
    action_id = blocks.one_of(PilotActionId.REQUEST, f"ready:{pilot.id}")
    return _line(words, f"ready:{pilot.id}", blocks.button(words.plain("promote"), action_id, pilot.id))


def _awaited(library: Library, one: Awaited) -> Block:
    to_stage = stage_title(library, one.review.to_stage)
    words = library.words(
        "portfolio/awaited", review=one.review, pilot=one.pilot, to_stage=to_stage, again=one.again
    )
    open_it = _link(words.plain("open"), ActionId.OPEN_REVIEW, one.review.id, one.link)
    return _line(words, f"review:{one.review.id}", open_it)


def _handed(library: Library, one: Handed) -> Block:
    words = library.words("portfolio/handed", ask=one.ask, pilot=one.pilot, item=one.item)
    return _line(words, f"ask:{one.ask.id}", _write(words.plain("answer"), one.pilot.id, one.item.id, "ask"))


def _open_again(library: Library, one: OpenAgain) -> Block:
    words = library.words("portfolio/open_again", pilot=one.pilot, titles=one.titles)
    return _line(words, f"open_again:{one.pilot.id}", _way_on(words, one))


def _way_on(words: Words, one: OpenAgain) -> Block:
    """Return the button that mends what is open: answers come first; a condition has a line of its own where it is theirs."""
    pilot_id = one.pilot.id
    if one.kinds & {FlagKind.EVIDENCE, FlagKind.WAIVER}:
        return _coach(words.plain("coach"), "again", pilot_id)
    if FlagKind.OWNER in one.kinds:
        return blocks.button(
            words.plain("hand_over"), blocks.one_of(PilotActionId.HAND_OVER, pilot_id), pilot_id
        )
    if FlagKind.BREAK_GLASS in one.kinds:
        return blocks.button(
            words.plain("roll_back"), blocks.one_of(PilotActionId.ROLL_BACK, pilot_id), pilot_id
        )
    return blocks.button(words.plain("status"), blocks.one_of(PilotActionId.STATUS, pilot_id), pilot_id)


def _owed(library: Library, one: Owed) -> Block:
    words = library.words("portfolio/owed", action=one.action, pilot=one.pilot, overdue=one.overdue)
    action_id = blocks.one_of(ReviewActionId.CONDITION_DONE, one.action.id)
    return _line(
        words, f"condition:{one.action.id}", blocks.button(words.plain("done"), action_id, one.action.id)
    )


def _undertaken(library: Library, one: Undertaken) -> Block:
    words = library.words(
        "portfolio/undertaken", action=one.action, pilot=one.pilot, title=one.title, overdue=one.overdue
    )
    write = _write(words.plain("update"), one.pilot.id, one.action.item_id, "action")
    return _line(words, f"action:{one.action.id}", write)


def _proposed(library: Library, one: Proposed) -> Block:
    words = library.words(
        "portfolio/proposed", handover=one.handover, pilot=one.pilot, group=is_group(one.handover.to_id)
    )
    action_id = blocks.one_of(HandoverActionId.ACCEPT, one.handover.id)
    accept = blocks.button(words.plain("accept"), action_id, one.handover.id)
    return _line(words, f"handover:{one.handover.id}", accept)


def _waiver(library: Library, one: WaiverAsked) -> Block:
    words = library.words("portfolio/waiver_asked", waiver=one.waiver, titles=one.titles, pilot=one.pilot)
    key = f"waiver:{one.waiver.request_id}"
    return _line(words, key, _link(words.plain("open"), ActionId.OPEN_REVIEW, key, one.link))


def _underway(library: Library, one: Underway) -> Block:
    words = library.words(
        "portfolio/underway", pilot=one.pilot, progress=one.progress, state=one.interview.state.value
    )
    go_on = _link(words.plain("open"), ActionId.OPEN_THREAD, one.interview.id, one.link)
    return _line(words, f"interview:{one.interview.id}", go_on)


def _unfinished(library: Library, one: Unfinished) -> Block:
    words = library.words("portfolio/unfinished", pilot=one.pilot, open=one.open)
    return _line(words, f"unfinished:{one.pilot.id}", _coach(words.plain("coach"), "mine", one.pilot.id))


def _coach(text: str, why: str, pilot_id: str) -> Block:
    """Return the button that goes on with the questions; the same pilot may stand on a page for two reasons."""
    return blocks.button(text, blocks.one_of(ActionId.COACH, f"{why}:{pilot_id}"), pilot_id)


def _write(text: str, pilot_id: str, item_id: str, why: str) -> Block:
    """Return the button that opens the form of an answer; the same item may stand here for two reasons."""
    return blocks.button(
        text, blocks.one_of(AnswersActionId.WRITE, f"{why}:{pilot_id}:{item_id}"), f"{pilot_id}:{item_id}"
    )
