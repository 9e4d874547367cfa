"""One pilot's status: the verdict, its clocks, what keeps it back, what is missing, and what can be done, in that order.

Three of each are spelt out, worst first; the others are counted, with a button that shows all of them. Structure only; the
words are in `prompts/portfolio/status.j2`, `prompts/watching/` and `prompts/interview/`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from bot.answers.names import ActionId as AnswersActionId
from bot.domain import staleness
from bot.domain.handovers import Ownership, OwnerState, ownership
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.readiness import Standing
from bot.domain.waivers import day_of
from bot.interview import summary
from bot.interview.controls import Offered
from bot.interview.summary_facts import Request, SummaryFacts
from bot.pilots.messages import stage_title, tier_of
from bot.portfolio.names import ActionId
from bot.slack import blocks
from bot.stages.extending_messages import decision_line, decision_ways
from bot.watching.messages import NO_TROUBLES, Troubles, idle_blocks, sign_blocks, signs_title
from prompts.library import Library
from prompts.words import Words

SPELT_OUT: Final = 3
"""How many signs, and how many open items, a status spells out."""


def status_message(
    library: Library,
    pilot: Pilot,
    facts: SummaryFacts | None,
    now: datetime,
    *,
    share: bool,
    open_again: Sequence[str] = (),
    owner: Ownership | None = None,
    champion_gone: OwnerState | None = None,
    troubles: Troubles = NO_TROUBLES,
) -> Body:
    """Return where one pilot stands; without facts no gate leads on, and `open_again` says what no longer holds.

    `owner` is who owns it, as the pilot itself has it where it is left out; `champion_gone`, why its champion
    can look after it no more. `troubles` is what keeps it back.
    `share` adds what can be done next, and the button that posts it for everybody.
    """
    words = library.words(
        "portfolio/status",
        pilot=pilot,
        owner=owner or ownership(pilot, ()),
        champion_gone=champion_gone,
        tier=tier_of(library, pilot),
        stage=stage_title(library, pilot.stage),
        days=staleness.days_since(pilot.stage_since, now),
        quiet_days=staleness.quiet_days(pilot, now),
    )
    known = None if pilot.retired else facts
    text: str = words.mrkdwn("no_gate")
    if known:
        text = summary.verdict_sentence(library, pilot, known.gate, known.verdict)
    parts: list[Block | None] = [blocks.section(text, "verdict")]
    if not pilot.retired:
        parts += _clocks(library, words, pilot, troubles, now)
        parts.append(summary.open_again_line(library, known.open_again if known else open_again))
        parts += _signs(library, words, pilot, troubles, buttons=share)
    if known:
        parts += _missing(library, words, known, buttons=share)
    if share:
        parts += _actions(library, pilot, known, troubles)
    return blocks.message(text, parts)


def status_view(library: Library, body: Body) -> dict[str, Any]:
    """Return a pilot's status as a window, for the Home tab, where nothing can be whispered."""
    words = library.words("portfolio/status_view")
    return blocks.modal(
        "portfolio.status", words.plain("title"), body["blocks"], submit=None, close=words.plain("close")
    )


def signs_view(library: Library, pilot: Pilot, troubles: Troubles) -> dict[str, Any]:
    """Return all that keeps a pilot back as a window; it takes a hundred blocks, and there are fewer causes than that."""
    words = library.words("portfolio/signs", pilot=pilot)
    parts = [blocks.section(words.mrkdwn("none" if not troubles.signals else "said"), "said")]
    parts += sign_blocks(library, pilot, troubles.signals)
    return blocks.modal(
        "portfolio.signs", words.plain("title"), parts, submit=None, close=words.plain("close")
    )


def _clocks(
    library: Library, words: Words, pilot: Pilot, troubles: Troubles, now: datetime
) -> Iterator[Block]:
    """Yield since when it is there, who answers for it, what standing still has cost, and by when it has to be decided."""
    yield blocks.context(words.mrkdwn("clocks", at_most=blocks.CONTEXT_TEXT), "clocks")
    if pilot.hold:
        yield blocks.section(words.mrkdwn("hold"), "hold")
    yield from idle_blocks(library, troubles.idle)
    if pilot.decide_on:
        overdue = pilot.decide_on < day_of(now)
        yield decision_line(library, pilot, troubles.put_off, troubles.ways, overdue=overdue)


def _signs(
    library: Library, words: Words, pilot: Pilot, troubles: Troubles, *, buttons: bool
) -> Iterator[Block]:
    """Yield the worst signs, without those that would only repeat what a worse one is seen by."""
    if not troubles.signals:
        return
    shown = troubles.telling[: _spelt_out(len(troubles.signals))]
    yield signs_title(library)
    yield from sign_blocks(library, pilot, shown)
    more = len(troubles.signals) - len(shown)
    if more and buttons:
        every = blocks.button(words.plain("all_signs"), ActionId.SIGNS, pilot.id)
        yield blocks.section(words.mrkdwn("more_signs", more=more), "signals_more", every)
    elif more:
        yield blocks.context(words.mrkdwn("more_signs", more=more), "signals_more")


def _missing(library: Library, words: Words, facts: SummaryFacts, *, buttons: bool) -> Iterator[Block | None]:
    """Yield what is missing, next steps first, and in a line what is there."""
    gaps = facts.verdict.blocking
    most = _spelt_out(len(gaps))
    if gaps:
        yield summary.gaps_title(library, facts)
    for number, gap in enumerate(gaps[:most], start=1):
        yield summary.gap_row(library, facts, gap, number)
    titles = [gap.item.title for gap in gaps[most:]]
    if titles:
        left = words.mrkdwn("more_gaps", titles=titles, at_most=summary.ROW_SHOWN)
        every = blocks.button(words.plain("all_answers"), Offered.ALL_ANSWERS, facts.pilot.id)
        yield blocks.section(left, "gaps_more", every) if buttons else blocks.context(left, "gaps_more")
    for item in facts.unreached[:SPELT_OUT]:
        said = words.mrkdwn("unreached", item=item)
        change = blocks.button(
            words.plain("mention"),
            blocks.one_of(AnswersActionId.WRITE, f"mention-{item.id}"),
            f"{facts.pilot.id}:{item.id}",
        )
        yield (
            blocks.section(said, f"unreached:{item.id}", change)
            if buttons
            else blocks.context(said, f"unreached:{item.id}")
        )
    yield blocks.context(_there(words, facts), "there")
    if facts.request is not Request.PASSED:
        yield summary.steps_line(library, facts.steps)


def _spelt_out(count: int) -> int:
    """Return how many of so many are spelt out; to say that there is one more takes as much room as that one."""
    return count if count <= SPELT_OUT + 1 else SPELT_OUT


def _there(words: Words, facts: SummaryFacts) -> str:
    verdict = facts.verdict
    in_place = verdict.of(Standing.IN_PLACE)
    waived = [one.waiver.until for one in verdict.waived if one.waiver]
    given = [one.answer.answered_at for one in in_place if one.answer]
    return words.mrkdwn(
        "there",
        in_place=len(in_place),
        reviewed=sum(one.reviewed for one in in_place),
        not_applicable=len(verdict.of(Standing.NOT_APPLICABLE)),
        waived=len(waived),
        until=min(waived, default=None),
        following=len(verdict.can_follow),
        oldest=staleness.days_since(min(given), facts.now) if given else None,
        asked=facts.request is Request.OPEN,
    )


def _actions(
    library: Library, pilot: Pilot, facts: SummaryFacts | None, troubles: Troubles
) -> Iterator[Block | None]:
    """Yield what can be done: on with it, or telling the others; then the ways to decide, where it is to be decided."""
    to_share = blocks.button(library.words("portfolio/share").plain("share"), ActionId.SHARE_STATUS, pilot.id)
    if facts is None:
        yield blocks.actions([to_share], "share")
    else:
        gaps = len(facts.verdict.blocking)
        answers = gaps == _spelt_out(gaps)  # otherwise they are beside what is missing
        yield summary.summary_buttons(library, facts, beside=[to_share], answers=answers)
    if pilot.decide_on and troubles.ways and not pilot.retired:
        yield decision_ways(library, pilot, troubles.ways)
