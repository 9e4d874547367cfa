"""What a form or a picked message says, judged by the coach: who says it, where and when, and whether it can be checked."""

import re
from typing import Final

from bot.answers.reading import NOT_THERE, Said
from bot.desk import Desk
from bot.domain import coaching
from bot.domain.answers import Answer, Reading, Status, Value
from bot.domain.coaching import Ear
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Detector, Item, Playbook
from bot.domain.text import escape, mentioned
from bot.interview import lines, listening

OF_A_VALUE: Final = frozenset(
    {
        Detector.CHAMPION,
        Detector.ONE_PERSON,
        Detector.PAST_DATE,
        Detector.FUTURE_DATE,
        Detector.NO_BUSINESS_FIGURE,
        Detector.DEMO_VOLUME,
        Detector.OTHER_EVIDENCE,
    }
)
"""What can be wrong with a value that stands in its own field; that few words go with it is not."""
_NAMED: Final = re.compile(r"@\S.*")


def ear_of(desk: Desk, pilot: Pilot, speaker_id: str | None = None) -> Ear:
    """Return who speaks, where and when; the author of a picked message speaks in it, not who picked it."""
    ear = listening.ear_of(desk, pilot)
    return ear.model_copy(update={"speaker_id": speaker_id}) if speaker_id else ear


def judged(desk: Desk, pilot: Pilot, item: Item, said: Said, book: Playbook) -> Reading:
    """Return what a form says together with the concern about it, if any.

    What claims to be there is checked; of what is not there, only that somebody does something about it by a day.
    """
    return Reading(
        status=said.status,
        detail=said.words or _in_words(desk, said.value, item),
        evidence=said.links,
        concern=_concern(desk, pilot, item, said, book),
        value=said.value,
        plan=said.plan,
    )


def _concern(desk: Desk, pilot: Pilot, item: Item, said: Said, book: Playbook) -> str | None:
    if said.status in NOT_THERE:
        return _without_plan(desk, pilot, item, said, book)
    if said.status is not Status.IN_PLACE:
        return None
    words = (escape(said.words), _as_text(said.value, item), *said.links)
    heard = " ".join(part for part in words if part)
    concern = coaching.read(heard, item, book.coaching, ear=ear_of(desk, pilot)).concern
    if said.value is None:
        return concern
    kept = {
        one.id
        for one in book.coaching.concerns
        if one.detect in OF_A_VALUE or (one.named_only and one.detect is None)  # what an option itself says
    }
    return concern if concern in kept else None


def _without_plan(desk: Desk, pilot: Pilot, item: Item, said: Said, book: Playbook) -> str | None:
    """Return the concern of something that nobody does by any day: in the fields for it, or in the words."""
    named = coaching.read(escape(said.words), item, book.coaching, ear=ear_of(desk, pilot)).undertaking
    if (said.plan and said.plan.complete) or (named and named.complete):
        return None
    return coaching.read_button(said.status, item, book.coaching).concern


def _as_text(value: Value | None, item: Item) -> str:
    """Return a value as Slack would carry it in a message."""
    if value is None or value.kind is AnswerKind.LINK:
        return ""
    if value.kind is AnswerKind.PERSON:
        return f"<@{value.ids[0]}>"
    return (
        f"<!subteam^{value.ids[0]}>"
        if value.kind is AnswerKind.GROUP
        else escape(lines.words_of(value, item))
    )


def _in_words(desk: Desk, value: Value | None, item: Item) -> str:
    """Return a value as somebody would write it, for answers without words; a group's name only Slack knows."""
    if value is None or value.kind is AnswerKind.GROUP:
        return ""
    if value.kind is AnswerKind.PERSON:
        return f"@{listening.names_of(desk, value.ids).get(value.ids[0], value.ids[0])}"
    return lines.words_of(value, item)


def own_words(desk: Desk, item: Item, answer: Answer | None) -> str:
    """Return the words that somebody wrote, without those that only repeat the value: they would outlive its change."""
    if answer is None or answer.status is Status.SKIPPED:
        return ""
    value = answer.value
    is_person = value is not None and value.kind is AnswerKind.PERSON
    repeats = value is not None and answer.detail.strip() == _in_words(desk, value, item)
    return (
        ""
        if repeats or (is_person and _NAMED.fullmatch(answer.detail.strip()) and "·" not in answer.detail)
        else answer.detail
    )


def heard(desk: Desk, pilot: Pilot, item: Item, text: str, speaker_id: str, book: Playbook) -> Reading:
    """Return what a message says about an item, as Slack sent it, with the people in it by their names."""
    names = listening.names_of(desk, mentioned(text))
    reading = coaching.read(text, item, book.coaching, names=names, ear=ear_of(desk, pilot, speaker_id))
    return coaching.as_far_as_given(reading, item)
