"""The windows that move a pilot: each asks why, and what else has to be known.

Structure only; the words are in `prompts/stages/`. What the person saw when it opened travels in `private`, so that a step
that somebody took meanwhile is noticed.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bot.domain.messages import Block
from bot.domain.moves import StageMove
from bot.domain.pilots import Pilot
from bot.pilots.messages import stage_title
from bot.slack import blocks
from bot.slack.blocks import Choice
from bot.stages.emergency import Emergency
from bot.stages.extending import LONGEST
from bot.stages.messages import CallbackId
from bot.stages.seen import seen_decision, seen_hold
from prompts.library import Library
from prompts.words import Words

PROPOSED_DAYS = 14
"""The end that the form of a hold proposes, and how much longer the one about a day of decision does."""


def roll_back_form(library: Library, pilot: Pilot, stages: Sequence[str]) -> dict[str, Any]:
    """Return the form that asks how far back, and why; the stages are nearest first."""
    words = library.words("stages/roll_back_form", pilot=pilot, stage=stage_title(library, pilot.stage))
    choices = [Choice(stage_title(library, stage), stage) for stage in stages[:100]]
    select = blocks.static_select("stage", choices, initial=stages[0])
    fields = [
        blocks.field(words.plain("stage_label"), select, "stage", hint=words.plain("stage_hint")),
        _words_field(words, "reason"),
    ]
    return _form(words, CallbackId.ROLL_BACK, f"{pilot.id}:{pilot.stage}", fields)


def hold_form(library: Library, pilot: Pilot, today: date) -> dict[str, Any]:
    """Return the form that asks why a pilot waits and until when; one that waits already comes with what was said."""
    hold = pilot.hold
    words = library.words("stages/hold_form", pilot=pilot, hold=hold)
    until = blocks.datepicker("until", initial=hold.until if hold else today + timedelta(days=PROPOSED_DAYS))
    fields = [
        _words_field(words, "reason", initial=hold.reason if hold else ""),
        blocks.field(words.plain("until_label"), until, "until", hint=words.plain("until_hint")),
    ]
    return _form(words, CallbackId.HOLD, f"{pilot.id}:{seen_hold(pilot)}", fields)


def extend_form(library: Library, pilot: Pilot, today: date) -> dict[str, Any]:
    """Return the form that asks why a pilot needs longer, and by when it is to be decided instead."""
    words = library.words(
        "stages/extend_form", pilot=pilot, stage=stage_title(library, pilot.stage), most=LONGEST.days
    )
    proposed = min(max(today, pilot.decide_on or today) + timedelta(days=PROPOSED_DAYS), today + LONGEST)
    until = blocks.datepicker("until", initial=proposed)
    fields = [
        _words_field(words, "reason"),
        blocks.field(words.plain("until_label"), until, "until", hint=words.plain("until_hint")),
    ]
    return _form(words, CallbackId.EXTEND, f"{pilot.id}:{seen_decision(pilot)}", fields)


def retire_form(
    library: Library, pilot: Pilot, private: str, callback_id: str = CallbackId.RETIRE
) -> dict[str, Any]:
    """Return the form that asks why a pilot ends, and what was learned."""
    words = library.words("stages/retire_form", pilot=pilot)
    fields = [_words_field(words, "reason"), _words_field(words, "learned")]
    return _form(words, callback_id, private, fields)


def revive_form(
    library: Library, pilot: Pilot, to_stage: str, ended: StageMove | None = None
) -> dict[str, Any]:
    """Return the form that asks what is different now, under why it ended and what was learned."""
    words = library.words(
        "stages/revive_form", pilot=pilot, stage=stage_title(library, to_stage), ended=ended
    )
    told = [blocks.section(words.mrkdwn("ended"), "ended")] if ended and ended.reason else []
    return _form(words, CallbackId.REVIVE, pilot.id, [*told, _words_field(words, "reason")])


def break_glass_form(library: Library, found: Emergency) -> dict[str, Any]:
    """Return the form of an emergency promotion: what is not in place, why at once, and the name as a second thought."""
    pilot = found.pilot
    words = library.words(
        "stages/break_glass_form",
        pilot=pilot,
        from_stage=stage_title(library, pilot.stage),
        to_stage=stage_title(library, found.gate.to_stage),
        missing=[one.title for one in found.missing],
        waived=[one.title for one in found.waived],
        review_days=found.procedure.policy.break_glass_review_days,
    )
    typed = blocks.text_input("name", max_length=120)
    fields = [
        blocks.section(words.mrkdwn("missing"), "missing"),
        _words_field(words, "reason"),
        blocks.field(words.plain("name_label"), typed, "name", hint=words.plain("name_hint")),
    ]
    return _form(words, CallbackId.BREAK_GLASS, f"{pilot.id}:{pilot.stage}", fields)


def _words_field(words: Words, name: str, *, initial: str = "") -> Block:
    element = blocks.text_input(
        name,
        placeholder=words.plain(f"{name}_placeholder"),
        initial=initial,
        multiline=True,
        max_length=blocks.REASON_LENGTH,
    )
    return blocks.field(words.plain(f"{name}_label"), element, name, hint=words.plain(f"{name}_hint"))


def _form(words: Words, callback_id: str, private: str, fields: Sequence[Block]) -> dict[str, Any]:
    return blocks.modal(
        callback_id,
        words.plain("title"),
        [blocks.section(words.mrkdwn("intro"), "intro"), *fields],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=private,
    )
