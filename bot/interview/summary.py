"""The readiness summary: the verdict in a sentence, what is still missing with its next step, and what is in place.

A sponsor understands it in ten seconds. The summary in the channel and the private status are made of the same blocks.
Structure only; the words are in `prompts/interview/`.
"""

from datetime import datetime
from enum import StrEnum

from bot.domain import staleness
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.readiness import ItemStanding, Standing, Verdict
from bot.interview.messages import ActionId
from bot.pilots.messages import ActionId as PilotActionId, stage_title
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

SUMMARY_DETAIL_SHOWN = 160
ITEMS_SHOWN = 12
"""How many items a summary spells out on either side."""


class Request(StrEnum):
    """How far the promotion is that a summary leads to."""

    NOT_MADE = "not_made"
    OPEN = "open"
    PASSED = "passed"
    """The pilot has left the stage that the summary is about."""


def summary_message(
    library: Library, pilot: Pilot, gate: Gate, verdict: Verdict, now: datetime, request: Request
) -> Body:
    """Return the readiness summary: the verdict in a sentence, what is missing with its next step, what is in place.

    Its buttons are there as long as there is something to do with them; then a line says how it went on.
    """
    words = _summary_words(library, pilot, gate, verdict)
    sentence = words.mrkdwn("verdict")
    first, *parts = summary_blocks(library, pilot, gate, verdict, now)
    if request is Request.NOT_MADE and not pilot.retired:
        parts.append(_summary_buttons(words, pilot, verdict))
    elif request is Request.OPEN:
        parts.append(blocks.context(words.mrkdwn("asked"), "request"))
    elif not pilot.retired:
        sentence = words.mrkdwn("passed", now_in=stage_title(library, pilot.stage))
        first = blocks.section(sentence, "verdict")
    return blocks.message(sentence, [first, *parts])


def verdict_sentence(library: Library, pilot: Pilot, gate: Gate, verdict: Verdict) -> str:
    """Return the verdict as one or two sentences of mrkdwn."""
    return _summary_words(library, pilot, gate, verdict).mrkdwn("verdict")


def summary_blocks(
    library: Library, pilot: Pilot, gate: Gate, verdict: Verdict, now: datetime
) -> list[Block | None]:
    """Return the blocks that the summary and the private status share."""
    words = _summary_words(library, pilot, gate, verdict)
    gaps = verdict.of(Standing.MISSING, Standing.PARTLY, Standing.STALE)
    met = verdict.of(Standing.IN_PLACE, Standing.NOT_APPLICABLE)
    parts: list[Block | None] = [blocks.section(words.mrkdwn("verdict"), "verdict")]
    if gaps:
        parts.append(blocks.section(words.mrkdwn("gaps_title"), "gaps"))
    parts += [_gap(library, pilot, gap, number) for number, gap in enumerate(gaps[:ITEMS_SHOWN], start=1)]
    if len(gaps) > ITEMS_SHOWN:
        parts.append(blocks.context(words.mrkdwn("more", count=len(gaps) - ITEMS_SHOWN), "more_gaps"))
    if met:
        shown = [
            library.words("interview/met", standing=m, most=SUMMARY_DETAIL_SHOWN).mrkdwn("line")
            for m in met[:ITEMS_SHOWN]
        ]
        parts.append(blocks.section(words.mrkdwn("met_title") + "\n" + "\n".join(shown), "met"))
    if len(met) > ITEMS_SHOWN:
        parts.append(blocks.context(words.mrkdwn("more", count=len(met) - ITEMS_SHOWN), "more_met"))
    parts.append(blocks.context(words.mrkdwn("footnote", oldest=_oldest_days(verdict, now)), "footnote"))
    return parts


def _summary_words(library: Library, pilot: Pilot, gate: Gate, verdict: Verdict) -> Words:
    return library.words(
        "interview/summary",
        pilot=pilot,
        stage=stage_title(library, gate.from_stage),
        to_stage=stage_title(library, gate.to_stage),
        verdict=verdict,
        missing=[gap.item.title for gap in verdict.of(Standing.MISSING)],
        partly=[gap.item.title for gap in verdict.of(Standing.PARTLY)],
        stale=[gap.item.title for gap in verdict.of(Standing.STALE)],
        self_stated=sum(
            1 for item in verdict.of(Standing.IN_PLACE) if item.answer and not item.answer.evidence
        ),
    )


def _gap(library: Library, pilot: Pilot, gap: ItemStanding, number: int) -> Block:
    words = library.words("interview/gap", gap=gap, number=number, most=SUMMARY_DETAIL_SHOWN)
    action_id = blocks.one_of(ActionId.CHANGE, gap.item.id)
    answer = blocks.button(words.plain("answer"), action_id, f"{pilot.id}:{gap.item.id}")
    return blocks.section(words.mrkdwn("line"), f"gap:{gap.item.id}", answer)


def _summary_buttons(words: Words, pilot: Pilot, verdict: Verdict) -> Block:
    go_on = blocks.button(words.plain("coach"), PilotActionId.COACH, pilot.id, style="primary")
    ask = blocks.button(
        words.plain("request"), PilotActionId.REQUEST, pilot.id, style="primary" if verdict.ready else None
    )
    return blocks.actions([ask] if verdict.ready else [go_on, ask], "actions")


def _oldest_days(verdict: Verdict, now: datetime) -> int | None:
    given = [item.answer.answered_at for item in verdict.of(Standing.IN_PLACE, Standing.STALE) if item.answer]
    return staleness.days_since(min(given), now) if given else None
