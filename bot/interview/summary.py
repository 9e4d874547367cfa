"""The readiness summary: the verdict in a sentence, what is still missing with its next step, and what is in place.

A sponsor understands it in ten seconds. The summary in the channel and the private status are made of the same blocks.
Structure only; the words are in `prompts/interview/`, the facts come from `summary_facts`.
"""

from collections.abc import Sequence

from bot.domain import staleness
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Gate
from bot.domain.readiness import ItemStanding, Standing, Verdict
from bot.domain.steps import StepTaken
from bot.interview.controls import Offered
from bot.interview.summary_facts import Request, SummaryFacts
from bot.pilots.messages import ActionId as PilotActionId, stage_title
from bot.slack import blocks
from prompts.library import Library
from prompts.markup import Mrkdwn
from prompts.words import Words

BLOCKING_SHOWN = 7
FOLLOWING_SHOWN = 3
"""How many open items a summary spells out, of those that block and of those that can follow; the others are named."""
WAIVED_SHOWN = 5
"""How many accepted risks a summary spells out; the others are named."""
TITLES_SHOWN = 700
"""How many characters the titles of one line take together; the rest is counted."""
NEXT_SHOWN = 160
"""How much of a next step a summary shows, in characters; the report has the whole."""
SECTION_SHOWN = 1200
ROW_SHOWN = 420
"""The most characters of a paragraph and of an open item: together they stay within what Slack takes of a message."""
TELLING = frozenset(
    {
        AnswerKind.NUMBER,
        AnswerKind.MONEY,
        AnswerKind.PERCENTAGE,
        AnswerKind.DATE,
        AnswerKind.CHOICE,
        AnswerKind.CHOICES,
    }
)
"""The kinds of answers whose value says something beside a title. People are not named there: a mention calls them."""


def summary_message(library: Library, facts: SummaryFacts) -> Body:
    """Return the summary in the channel.

    Its buttons lead on as long as there is something to do; then a line says how it went on.
    """
    words = _words(library, facts.pilot, facts.gate, facts.verdict)
    sentence = words.mrkdwn("verdict", at_most=SECTION_SHOWN)
    first, *parts = summary_blocks(library, facts)
    if facts.request is Request.OPEN:
        parts.append(blocks.context(words.mrkdwn("asked"), "request"))
    elif facts.request is Request.PASSED and not facts.pilot.retired:
        sentence = words.mrkdwn("passed", now_in=stage_title(library, facts.pilot.stage))
        first = blocks.section(sentence, "verdict")
    parts.append(summary_buttons(library, facts))
    return blocks.message(sentence, [first, *parts])


def verdict_sentence(library: Library, pilot: Pilot, gate: Gate, verdict: Verdict) -> str:
    """Return the verdict as one or two sentences of mrkdwn."""
    return _words(library, pilot, gate, verdict).mrkdwn("verdict", at_most=SECTION_SHOWN)


def summary_blocks(library: Library, facts: SummaryFacts) -> list[Block | None]:
    """Return the blocks that the summary and the private status share: everything but the buttons."""
    words = _words(library, facts.pilot, facts.gate, facts.verdict)
    blocking, following = facts.verdict.blocking, facts.verdict.can_follow
    return [
        blocks.section(words.mrkdwn("verdict", at_most=SECTION_SHOWN), "verdict"),
        open_again_line(library, facts.open_again),
        None if facts.request is Request.PASSED else steps_line(library, facts.steps),
        *_gaps(library, facts, "gaps", words.mrkdwn("gaps_title"), blocking, BLOCKING_SHOWN),
        *_gaps(library, facts, "following", words.mrkdwn("following_title"), following, FOLLOWING_SHOWN),
        _waived(words, facts.verdict),
        _met(library, words, facts.verdict),
        _changes(words, facts),
        _figures(words, facts),
    ]


def summary_buttons(
    library: Library, facts: SummaryFacts, *, beside: Sequence[Block] = (), answers: bool = True
) -> Block | None:
    """Return the row of what can be done next; at most one of them stands out.

    `beside` are further buttons of a message; `answers` is off where the way to all answers stands in it already.
    """
    pilot, verdict = facts.pilot, facts.verdict
    if pilot.retired:
        return None
    words = _words(library, pilot, facts.gate, verdict)
    row: list[Block] = []
    if facts.request is Request.NOT_MADE and not verdict.settled:
        row.append(
            blocks.button(
                words.plain("coach"),
                PilotActionId.COACH,
                pilot.id,
                style=None if verdict.ready and facts.gate.leads_on else "primary",
            )
        )
    if facts.request is Request.NOT_MADE and facts.gate.leads_on:
        row.append(
            blocks.button(
                words.plain("request"),
                PilotActionId.REQUEST,
                pilot.id,
                style="primary" if verdict.ready else None,
            )
        )
    row += [blocks.button(words.plain("report"), Offered.FULL_REPORT, pilot.id), *beside]
    more = [blocks.Stands(words.plain("answers"), Offered.ALL_ANSWERS, pilot.id)] if answers else []
    if library.playbook.posture:
        more.append(blocks.Stands(words.plain("posture"), Offered.POSTURE, pilot.id))
    unasked = any(gap.item.id not in facts.waivers_asked for gap in verdict.blocking)
    if facts.gate.leads_on and unasked and facts.request is not Request.PASSED:
        more.append(blocks.Stands(words.plain("ask_waiver"), Offered.ASK_WAIVER, pilot.id))
    if verdict.waived or facts.waivers_asked:
        more.append(blocks.Stands(words.plain("waivers"), Offered.WAIVERS, pilot.id))
    return blocks.actions([*row, *([blocks.more(more)] if more else [])], "actions")


def open_again_line(library: Library, titles: Sequence[str]) -> Block | None:
    """Return what no longer holds since the last approval; nothing where everything does."""
    if not titles:
        return None
    words = library.words("reopening/line", titles=titles)
    return blocks.context(words.mrkdwn("line", at_most=SECTION_SHOWN), "open_again")


def steps_line(library: Library, steps: Sequence[StepTaken]) -> Block | None:
    """Return which step a pilot is on, which it has finished and which it jumped; nothing where there are no steps."""
    if not steps:
        return None
    words = library.words("interview/steps", steps=steps)
    return blocks.context(words.mrkdwn("line", at_most=SECTION_SHOWN), "steps")


def _words(library: Library, pilot: Pilot, gate: Gate, verdict: Verdict) -> Words:
    shown = verdict.can_follow if verdict.ready else verdict.blocking
    return library.words(
        "interview/summary",
        pilot=pilot,
        gate=gate,
        stage=stage_title(library, gate.from_stage),
        to_stage=stage_title(library, gate.to_stage),
        verdict=verdict,
        missing=[gap.item.title for gap in shown if gap.standing is Standing.MISSING],
        partly=[gap.item.title for gap in shown if gap.standing is Standing.PARTLY],
        stale=[gap.item.title for gap in shown if gap.standing is Standing.STALE],
    )


def _gaps(
    library: Library, facts: SummaryFacts, key: str, title: str, gaps: Sequence[ItemStanding], most: int
) -> list[Block]:
    if not gaps:
        return []
    numbered = key == "gaps"
    rows = [
        gap_row(library, facts, gap, number if numbered else None)
        for number, gap in enumerate(gaps[:most], start=1)
    ]
    if left_out := [gap.item.title for gap in gaps[most:]]:
        more = library.words("interview/gap").mrkdwn("more", titles=left_out, at_most=ROW_SHOWN)
        rows.append(blocks.context(more, f"{key}_more"))
    return [blocks.section(title, key), *rows]


def gaps_title(library: Library, facts: SummaryFacts) -> Block:
    """Return what stands above the open items that block."""
    words = _words(library, facts.pilot, facts.gate, facts.verdict)
    return blocks.section(words.mrkdwn("gaps_title"), "gaps")


def gap_row(library: Library, facts: SummaryFacts, gap: ItemStanding, number: int | None) -> Block:
    """Return an open item with its next step, who is on it, and the button that answers it."""
    item = gap.item
    words = library.words(
        "interview/gap",
        gap=gap,
        number=number,
        action=facts.actions.get(item.id),
        overdue=facts.is_overdue(gap),
        ask=facts.asks.get(item.id),
        waiver_asked=item.id in facts.waivers_asked,
        most=NEXT_SHOWN,
    )
    answer = blocks.button(
        words.plain("answer"), blocks.one_of(Offered.WRITE, item.id), f"{facts.pilot.id}:{item.id}"
    )
    return blocks.section(words.mrkdwn("line", at_most=ROW_SHOWN), f"gap:{item.id}", answer)


def _waived(words: Words, verdict: Verdict) -> Block | None:
    """Return the accepted risks, each with its last day and who granted it."""
    if not verdict.waived:
        return None
    shown, left_out = verdict.waived[:WAIVED_SHOWN], verdict.waived[WAIVED_SHOWN:]
    titles = [one.item.title for one in left_out]
    return blocks.section(words.mrkdwn("waived", shown=shown, titles=titles, at_most=SECTION_SHOWN), "waived")


def _met(library: Library, words: Words, verdict: Verdict) -> Block | None:
    """Return what needs nothing more, one line for each way of being settled."""
    in_place = verdict.of(Standing.IN_PLACE)
    lines: list[tuple[str, Sequence[ItemStanding]]] = [
        ("reviewed", [one for one in in_place if one.reviewed]),
        ("self_stated", [one for one in in_place if not one.reviewed]),
        ("not_applicable", verdict.of(Standing.NOT_APPLICABLE)),
    ]
    said = [_settled(library, words, name, some) for name, some in lines if some]
    return blocks.section("\n".join(said), "met") if said else None


def _settled(library: Library, words: Words, name: str, some: Sequence[ItemStanding]) -> str:
    """Return one line: as many titles as fit, with the values that say something; the others are counted."""
    titles: list[Mrkdwn] = []
    room = TITLES_SHOWN
    for one in some:
        tells = one.item.kind in TELLING and one.standing is Standing.IN_PLACE
        title = library.words("interview/met", standing=one, tells=tells).mrkdwn("title")
        room -= len(title) + 3
        if room < 0 and titles:
            break
        titles.append(title)
    return words.mrkdwn(name, titles=titles, more=len(some) - len(titles), at_most=SECTION_SHOWN)


def _changes(words: Words, facts: SummaryFacts) -> Block | None:
    if not facts.moves:
        return None
    moved = {
        standing.value: [move.item.title for move in facts.moves if move.now is standing]
        for standing in Standing
    }
    return blocks.context(words.mrkdwn("changes", moved=moved, at_most=SECTION_SHOWN), "changes")


def _figures(words: Words, facts: SummaryFacts) -> Block:
    in_place = facts.verdict.of(Standing.IN_PLACE)
    given = [
        one.answer.answered_at
        for one in facts.verdict.of(Standing.IN_PLACE, Standing.STALE, Standing.PARTLY)
        if one.answer
    ]
    figures = words.mrkdwn(
        "figures",
        oldest=staleness.days_since(min(given), facts.now) if given else None,
        reviewed=sum(one.reviewed for one in in_place),
        self_stated=sum(not one.reviewed for one in in_place),
        bare=sum(one.answer is not None and not one.answer.evidence for one in in_place),
    )
    return blocks.context(figures, "figures")
