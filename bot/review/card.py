"""The card of a review: one message for ever, edited in place, from the request to whatever becomes of the approval.

It leads with the question, states what was frozen, says who decides and what is in the way, and ends with the buttons; once
decided, the buttons go and what the board saw stays within reach. Structure only; the words are in `prompts/review/`.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from bot.domain.actions import Action, ActionState
from bot.domain.messages import Block, Body
from bot.domain.readiness import Standing
from bot.domain.reviews import ChangeState, Choice, ReviewKind
from bot.domain.waivers import day_of
from bot.pilots.messages import stage_title
from bot.review import deciders, seen
from bot.review.facts import CardFacts
from bot.review.messages import ActionId, as_seen
from bot.review.seen import Seen, SeenItem, SeenWaiver
from bot.slack import blocks
from bot.slack.blocks import Stands
from prompts.library import Library
from prompts.words import Words

RISKS_SHOWN = 5
WEAK_SHOWN = 6
TITLES_SHOWN = 12
CONDITIONS_SHOWN = 5
VOICES_SHOWN = 8
QUESTIONS_SHOWN = 3
FACTS_SHOWN = 1000
ITEMS_SHOWN = 2200
DECIDE_SHOWN = 1700
NOTICE_SHOWN = 500
"""How long paragraphs may be, in characters: Slack takes about 13,000 in a message."""


def card_message(library: Library, facts: CardFacts) -> Body:
    """Return the card as it stands now."""
    frozen = seen.read(facts.review.snapshot)
    words = _words(library, facts, frozen)
    parts = [
        blocks.section(words.mrkdwn("title", FACTS_SHOWN), "title", _menu(words, facts)),
        *(_while_open(words, facts) if facts.review.is_open else _once_decided(words, facts)),
    ]
    return blocks.message(words.mrkdwn("text"), parts)


def _while_open(words: Words, facts: CardFacts) -> Iterator[Block | None]:
    yield from _attention(words, facts)
    yield blocks.section(words.mrkdwn("facts", FACTS_SHOWN), "facts")
    yield _unless_empty(words, "items", ITEMS_SHOWN)
    yield _unless_empty(words, "before", FACTS_SHOWN)
    yield blocks.section(words.mrkdwn("deciding", DECIDE_SHOWN), "deciding")
    for number, question in enumerate(_open_questions(facts)[:QUESTIONS_SHOWN]):
        answer = blocks.button(
            words.plain("answer"), blocks.one_of(ActionId.ANSWER_CHANGE, question.id), question.id
        )
        said = words.mrkdwn("question", NOTICE_SHOWN, question=question)
        yield blocks.section(said, f"question:{number}", answer)
    yield blocks.context(words.mrkdwn("asked"), "asked")
    yield blocks.actions(_buttons(words, facts), "actions")


def _attention(words: Words, facts: CardFacts) -> Iterator[Block]:
    """Yield what keeps it from being decided, or asks for another look: it stands above the facts."""
    if facts.missing:
        yield blocks.section(words.mrkdwn("not_ready", NOTICE_SHOWN), "not-ready")
    if deciders.asked_anew(facts) or facts.review.changed:
        yield blocks.section(words.mrkdwn("changed", NOTICE_SHOWN), "changed")
    for number, role in enumerate(deciders.short(facts)[:3]):
        yield blocks.section(words.mrkdwn("short", NOTICE_SHOWN, role=role), f"short:{number}")


def _once_decided(words: Words, facts: CardFacts) -> Iterator[Block | None]:
    if facts.flags:
        yield blocks.section(words.mrkdwn("open_again", NOTICE_SHOWN), "open-again")
    yield blocks.section(words.mrkdwn("outcome", FACTS_SHOWN), "outcome")
    yield _unless_empty(words, "voices", DECIDE_SHOWN)
    yield _unless_empty(words, "conditions", DECIDE_SHOWN)
    yield blocks.context(words.mrkdwn("seen_then", FACTS_SHOWN), "facts")
    yield blocks.context(words.mrkdwn("asked"), "asked")
    look = blocks.button(words.plain("what_was_seen"), ActionId.DETAILS, as_seen(facts.review))
    yield blocks.actions([look], "actions")


def _unless_empty(words: Words, block: str, most: int) -> Block | None:
    said = words.mrkdwn(block, most)
    return blocks.section(said, block) if said else None


def _menu(words: Words, facts: CardFacts) -> Block:
    """Return the dots: up to five ways to look closer or to step back."""
    review = facts.review
    value = as_seen(review)
    entries = [Stands(words.plain("details"), ActionId.DETAILS, value)]
    if facts.last or review.changed_at:
        entries.append(Stands(words.plain("what_changed"), ActionId.WHAT_CHANGED, value))
    if review.is_open and facts.voices:
        entries.append(Stands(words.plain("take_back"), ActionId.TAKE_BACK, value))
    if review.is_open and review.kind is ReviewKind.PROMOTION:
        entries.append(Stands(words.plain("withdraw"), ActionId.WITHDRAW, value))
    entries.append(Stands(words.plain("history"), ActionId.HISTORY, facts.pilot.id))
    return blocks.more(entries)


def _buttons(words: Words, facts: CardFacts) -> list[Block]:
    """Return the ways to decide; approving is the proposed one unless something is in its way."""
    value = as_seen(facts.review)
    in_the_way = bool(facts.missing or _open_questions(facts))
    again = facts.procedure is not None and facts.procedure.policy.confirm_again
    sure = blocks.confirm(
        words.plain("approve_title"),
        words.plain("approve_sure", 300),
        words.plain("approve_yes"),
        words.plain("approve_no"),
    )
    approve = blocks.button(
        words.plain("approve"),
        ActionId.APPROVE,
        value,
        style=None if in_the_way else "primary",
        confirm=None if again else sure,
    )
    decline = blocks.button(words.plain("decline"), ActionId.DECLINE, value)
    if facts.review.kind is ReviewKind.BREAK_GLASS:
        return [approve, decline]
    with_conditions = blocks.button(words.plain("approve_with"), ActionId.APPROVE_WITH, value)
    ask = blocks.button(words.plain("request_changes"), ActionId.REQUEST_CHANGES, value)
    return [approve, with_conditions, ask, decline]


def _words(library: Library, facts: CardFacts, frozen: Seen) -> Words:
    review = facts.review
    return library.words(
        "review/card",
        facts=facts,
        review=review,
        pilot=facts.pilot,
        seen=frozen,
        from_stage=stage_title(library, review.from_stage),
        to_stage=stage_title(library, review.to_stage),
        emergency=review.kind is ReviewKind.BREAK_GLASS,
        accepted_at=_accepted_at(facts, frozen),
        oldest=frozen.oldest_days(frozen_at(facts)),
        **_items(library, facts, frozen),
        **_people(facts),
        **_conditions(facts),
    )


def frozen_at(facts: CardFacts) -> datetime:
    """Return when what the card shows was frozen."""
    return facts.review.changed_at or facts.review.requested_at


def _accepted_at(facts: CardFacts, frozen: Seen) -> datetime | None:
    """Return when the owner accepted: while it is open, a yes that came after the request is told as well."""
    same = facts.pilot.owner_id == frozen.owner_id
    if same and (facts.review.is_open or not frozen.tells_acceptance):
        return facts.pilot.owner_accepted_at
    return frozen.owner_accepted_at


def _items(library: Library, facts: CardFacts, frozen: Seen) -> dict[str, Any]:
    """Return what this gate asks for: accepted risks and weak items apart, the others by title."""
    here = seen.asked_here(library, facts.review.gate_id, frozen)
    in_place = [item for item in here if item.standing is Standing.IN_PLACE]
    rest = {Standing.IN_PLACE, Standing.NOT_APPLICABLE, Standing.WAIVED}
    placed = [item for item in frozen.items if item.standing is Standing.IN_PLACE and item.counts]
    return {
        "risks": _risks(here),
        "weak": [item for item in here if item.standing not in rest],
        "unchecked": [item.title for item in in_place if item.unchecked],
        "solid": [item.title for item in in_place if not item.unchecked],
        "not_applicable": [item.title for item in here if item.standing is Standing.NOT_APPLICABLE],
        "earlier": len(frozen.items) - len(here),
        "reviewed": sum(item.reviewed for item in placed),
        "self_stated": sum(not item.reviewed for item in placed),
        "risks_shown": RISKS_SHOWN,
        "weak_shown": WEAK_SHOWN,
        "titles_shown": TITLES_SHOWN,
    }


def _risks(items: Iterable[SeenItem]) -> list[tuple[SeenWaiver, list[str]]]:
    """Return the accepted risks; what was accepted together, with one reason until one day, stands together."""
    together: dict[tuple[str, date, str | None], tuple[SeenWaiver, list[str]]] = {}
    for item in items:
        if item.standing is Standing.WAIVED and item.waiver:
            waiver = item.waiver
            same = (waiver.reason, waiver.until, waiver.decided_by)
            together.setdefault(same, (waiver, []))[1].append(item.title)
    return list(together.values())


def _people(facts: CardFacts) -> dict[str, Any]:
    """Return who decides and who has; who decided alone is named by the outcome, not again below it."""
    alone = {voice.vote.user_id for voice in facts.voices} == {facts.review.decided_by}
    again = {voice.vote.user_id for voice in deciders.fresh(facts)}
    spoken = [] if alone else [one for one in facts.voices if not (one.stale and one.vote.user_id in again)]
    return {
        "steps": deciders.steps(facts),
        "fallback": deciders.fallback(facts),
        "anew": deciders.asked_anew(facts),
        "beside": [voice.vote.user_id for voice in deciders.beside(facts)],
        "against": [voice.vote for voice in deciders.against(facts)],
        "agreed": deciders.agreed(facts),
        "spoken": [(voice, deciders.seats_of(facts, voice.vote.user_id)) for voice in spoken[-VOICES_SHOWN:]],
        "unshown": max(0, len(spoken) - VOICES_SHOWN),
    }


def _conditions(facts: CardFacts) -> dict[str, Any]:
    """Return the conditions of earlier approvals, or of this one, and those that voters have set so far."""
    today = day_of(facts.now)

    def overdue(action: Action) -> bool:
        return action.state is ActionState.OPEN and action.due_on is not None and action.due_on < today

    return {
        "conditions_shown": CONDITIONS_SHOWN,
        "earlier_conditions": [(one, overdue(one)) for one in facts.conditions],
        "set_now": [
            (voice.vote.user_id, condition)
            for voice in deciders.fresh(facts)
            if voice.vote.choice is Choice.APPROVE
            for condition in voice.vote.conditions
        ],
    }


def _open_questions(facts: CardFacts) -> list[Any]:
    return [one for one in facts.questions if one.state is ChangeState.OPEN]
