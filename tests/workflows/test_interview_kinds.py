"""Each kind of answer has its own controls, is read from plain words as well, and is said back in a person's form."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.answers import Status
from bot.domain.conversations import Interview
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Concern, Detector, Item, Role
from bot.interview import errors, shown, workflow as interviews
from bot.slack.payloads import SharedFile

from .books import MANY, asks_only, item, of_kind, with_concern
from .conftest import JONAS, MAYA, SAM, House
from .test_interview import answers, current, say

K = AnswerKind
WRITTEN = (K.NUMBER, K.MONEY, K.PERCENTAGE, K.LINK, K.GROUP, K.CHOICES, K.TEXT)


def asked_about(house: House, pilot: Pilot, *items: Item) -> Interview:
    """Start an interview about these items and show its first question at 1001."""
    asks_only(house, *items)
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(interview.id), "1000.000000")
    house.deliver(shown.question_key(interview.id, interview.asked[0]), "1001.000000")
    return interview


def controls(house: House, interview: Interview, item_id: str) -> list[dict[str, Any]]:
    message = house.message(shown.question_key(interview.id, item_id))
    assert message
    (row,) = (block for block in message.body["blocks"] if block["type"] == "actions")
    return list(row["elements"])


def ids(house: House, interview: Interview, item_id: str) -> list[str]:
    return [control["action_id"] for control in controls(house, interview, item_id)]


def line(house: House, interview: Interview, item_id: str) -> str:
    message = house.message(shown.question_key(interview.id, item_id))
    assert message
    return str(message.body["blocks"][0]["text"]["text"])


EVERYWHERE = ["ask.somebody", "question.menu"]


def test_a_status_has_its_three_buttons(house: House, pilot: Pilot) -> None:
    asked = of_kind(K.STATUS)
    interview = asked_about(house, pilot, asked)
    expected = ["answer.in_place", "answer.partly", "answer.not_yet", *EVERYWHERE]
    assert ids(house, interview, asked.id) == expected


@pytest.mark.parametrize("kind", WRITTEN)
def test_what_is_written_has_a_form_and_a_way_to_say_not_yet(
    house: House, pilot: Pilot, kind: AnswerKind
) -> None:
    asked = of_kind(kind)
    interview = asked_about(house, pilot, asked)
    assert ids(house, interview, asked.id) == ["answers.write", "answer.not_yet", *EVERYWHERE]
    assert controls(house, interview, asked.id)[0]["value"] == f"{pilot.id}:{asked.id}"


def test_few_options_are_buttons_and_many_are_a_menu(house: House, pilot: Pilot) -> None:
    few, many = of_kind(K.CHOICE), item("by-many", kind=K.CHOICE, options=MANY)
    interview = asked_about(house, pilot, few, many)
    chosen = [f"answer.choose:{one}" for one in ("shadow", "limited", "full")]
    assert ids(house, interview, few.id) == [*chosen, *EVERYWHERE]
    house.do(interviews.choose, MAYA, interview.id, few.id, "limited")
    assert ids(house, interview, many.id) == ["answer.pick_option", "answer.not_yet", *EVERYWHERE]
    house.do(interviews.pick, MAYA, interview.id, many.id, "option-7")
    given = answers(house, interview)
    assert given[few.id].value
    assert given[few.id].detail == "Limited"
    assert line(house, interview, few.id).startswith("✅ *By choice* in place: Limited · ")
    assert given[many.id].detail == "Option 7"


def test_a_day_is_picked_and_said_back(house: House, pilot: Pilot) -> None:
    asked = of_kind(K.DATE)
    interview = asked_about(house, pilot, asked)
    assert ids(house, interview, asked.id)[0] == f"answer.pick_date:{asked.id}"
    answer = house.do(interviews.pick, MAYA, interview.id, asked.id, "2026-12-04")
    assert answer
    assert answer.value
    assert answer.value.on == date(2026, 12, 4)
    assert answer.detail == "4 December 2026"
    assert line(house, interview, asked.id).startswith("✅ *By date* in place: <!date^")


def test_a_person_is_picked_and_shown_by_name(house: House, pilot: Pilot) -> None:
    asked = of_kind(K.PERSON)
    interview = asked_about(house, pilot, asked)
    assert ids(house, interview, asked.id)[0] == f"answer.pick_person:{asked.id}"
    answer = house.do(interviews.pick, MAYA, interview.id, asked.id, SAM)
    assert answer
    assert answer.value
    assert answer.value.ids == (SAM,)
    assert answer.detail == "@Sam"
    assert "in place: @Sam ·" in line(house, interview, asked.id)


def test_what_was_not_on_offer_is_refused_and_the_question_stays(house: House, pilot: Pilot) -> None:
    choice, day, state = of_kind(K.CHOICE), of_kind(K.DATE), of_kind(K.STATUS)
    interview = asked_about(house, pilot, choice, day, state)
    with pytest.raises(errors.NothingPicked):
        house.do(interviews.choose, MAYA, interview.id, choice.id, "forged")
    house.do(interviews.choose, MAYA, interview.id, choice.id, "full")
    with pytest.raises(errors.NothingPicked):
        house.do(interviews.pick, MAYA, interview.id, day.id, "someday")
    house.do(interviews.pick, MAYA, interview.id, day.id, "2026-12-04")
    with pytest.raises(errors.NothingPicked):
        house.do(interviews.pick, MAYA, interview.id, state.id, "in_place")
    assert current(house, interview).open_item_id == state.id


def test_a_champion_who_is_picked_as_the_owner_is_asked_about_once(house: House, pilot: Pilot) -> None:
    asked = of_kind(K.PERSON, checks=("champion",))
    book = house.library.playbook
    concern = Concern(id="champion", detect=Detector.CHAMPION, named_only=True, ask="Who else could own it?")
    asks_only(house, asked, coaching=with_concern(book, concern))
    interview = house.do(interviews.start, MAYA, pilot.id)
    house.do(interviews.pick, MAYA, interview.id, asked.id, MAYA)
    assert current(house, interview).followed_up
    assert "Who else could own it?" in house.words(shown.question_key(interview.id, asked.id))
    with pytest.raises(errors.AskedOnceMore):
        house.do(interviews.pick, MAYA, interview.id, asked.id, JONAS)


@pytest.mark.parametrize(
    ("kind", "unit", "words", "number", "shows"),
    [
        (K.MONEY, "EUR", "It is 3.2 cents a case, says finance: https://a.example/1", None, "€"),
        (K.PERCENTAGE, "", "61 % over four weeks, see https://a.example/1", Decimal(61), "*61 %*"),
        (K.NUMBER, "cases a week", "We count 2140 cases a week, https://a.example/1", Decimal(2140), "2140 cases a week"),
    ],
)  # fmt: skip
def test_a_figure_in_words_is_said_back_with_its_unit(
    house: House, pilot: Pilot, kind: AnswerKind, unit: str, words: str, number: Decimal | None, shows: str
) -> None:
    asked = of_kind(kind, unit=unit)
    interview = asked_about(house, pilot, asked)
    answer = say(house, words, "1002.000000")
    assert answer
    assert answer.value
    assert number is None or answer.value.number == number
    assert answer.message_channel_id
    assert shows in line(house, interview, asked.id)


def test_next_friday_is_the_friday_of_the_speaker(house: House, pilot: Pilot) -> None:
    asked = of_kind(K.DATE)
    interview = asked_about(house, pilot, asked)
    answer = say(house, "next friday", "1002.000000")
    assert answer
    assert answer.value
    assert answer.value.on
    assert answer.value.on.weekday() == 4
    assert answer.value.on > house.now.date()
    assert "<!date^" in line(house, interview, asked.id)


def test_a_red_flag_words_its_buttons_the_other_way_round(house: House, pilot: Pilot) -> None:
    asked = item("copied-by-hand", title="Copied by hand", red_flag=True)
    interview = asked_about(house, pilot, asked)
    first, second, third, *_ = controls(house, interview, asked.id)
    assert [one["text"]["text"] for one in (first, second, third)] == ["No", "In some cases", "Yes"]
    assert [one["action_id"] for one in (first, second, third)] == [
        "answer.in_place",
        "answer.partly",
        "answer.not_yet",
    ]
    house.do(interviews.answer_by_button, MAYA, interview.id, asked.id, Status.NOT_YET)
    assert line(house, interview, asked.id).startswith("⬜ *Copied by hand* yes")


def test_who_usually_knows_is_said_unless_it_is_the_champion(house: House, pilot: Pilot) -> None:
    finance, champion = item("cost", asks=Role.FINANCE), item("rest")
    interview = asked_about(house, pilot, finance, champion)
    assert "Usually known by finance." in house.words(shown.question_key(interview.id, "cost"))
    house.do(interviews.skip, MAYA, interview.id, "cost")
    assert "Usually known" not in house.words(shown.question_key(interview.id, "rest"))


def test_the_menu_of_a_line_changes_shows_evidence_and_history(house: House, pilot: Pilot) -> None:
    asked = of_kind(K.STATUS)
    interview = asked_about(house, pilot, asked)
    house.do(interviews.answer_by_button, MAYA, interview.id, asked.id, Status.NOT_YET)
    message = house.message(shown.question_key(interview.id, asked.id))
    assert message
    menu = message.body["blocks"][0]["accessory"]
    assert menu["action_id"] == "answer.menu"
    values = [option["value"] for option in menu["options"]]
    assert values == [f"{entry}:{pilot.id}:{asked.id}" for entry in ("change", "evidence", "history")]


def test_a_file_on_a_reply_is_evidence(house: House, pilot: Pilot) -> None:
    asked = of_kind(K.STATUS)
    interview = asked_about(house, pilot, asked)
    shared = SharedFile(id="F1", name="Load test.pdf", permalink="https://northwind.example/files/F1")
    answer = say(house, "", "1002.000000", files=(shared,))
    assert answer
    assert answer.evidence == ("https://northwind.example/files/F1",)
    assert answer.detail == "Load test.pdf"
    assert "northwind.example/files/F1" in line(house, interview, asked.id)
