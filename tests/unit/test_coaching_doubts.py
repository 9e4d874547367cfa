"""What the coach asks about an answer that sounds fine, and what it leaves alone. The table is in `replies_doubts.py`."""

import pytest

from bot.domain import coaching
from bot.domain.answers import Reading, Status
from bot.domain.coaching import Ear
from bot.domain.playbook import Coaching, Concern, Detector, Item

from . import coach, replies_doubts as replies


def read(words: str, item_id: str, ear: Ear | None = None) -> Reading:
    return coaching.read(words, coach.ITEMS[item_id], coach.COACHING, ear=ear or coach.ear_in("en-US"))


def asked(reading: Reading, item: Item) -> str | None:
    return coaching.follow_up_for(reading, item, coach.COACHING)


@pytest.mark.parametrize(
    "row", replies.ALL, ids=lambda row: f"{row.item} {row.words[:50]} {row.by_champion or ''}"
)
def test_doubt_is_raised_where_a_colleague_would_raise_it(row: replies.Row) -> None:
    speaker = coach.CHAMPION if row.by_champion else coach.SPEAKER
    ear = coach.ear_in("en-US").model_copy(update={"speaker_id": speaker})
    reading = read(row.words, row.item, ear)
    assert (reading.concern, reading.status) == (row.concern, row.status)
    assert (asked(reading, coach.ITEMS[row.item]) is None) == (row.concern is None)


class TestWhereItIsLookedFor:
    def test_a_concern_of_named_items_is_raised_on_no_other(self) -> None:
        for words in (
            "<@U0MIA>",
            "Jonas owns it",
            "accuracy 95 %",
            "3 cents in the pilot",
            "you can ask anything, Jonas knows",
        ):
            assert read(words, "monitoring").concern in (None, "nothing_shown")

    def test_a_playbook_without_the_concern_never_raises_it(self) -> None:
        bare = Coaching(status_words=coach.COACHING.status_words)
        for item in coach.ITEMS.values():
            for words in ("<@U0MIA>", "accuracy 95 %", "not yet", "yesterday", "quite a few", "1.200", "yes"):
                assert coaching.read(words, item, bare, ear=coach.ear_in("de-DE")).concern is None

    def test_a_detector_may_be_looked_for_everywhere(self) -> None:
        everywhere = Coaching(concerns=(Concern(id="alone", detect=Detector.ONE_PERSON, ask="Who else?"),))
        assert coaching.read("<@U0JON>", coach.ITEMS["monitoring"], everywhere).concern == "alone"

    def test_without_knowing_who_and_when_nothing_is_guessed(self) -> None:
        nobody = Ear()
        assert read("me", "ownership", nobody).concern == "one_person"
        assert read("yesterday", "decision", nobody).concern == "no_value"
        assert read("12 Dec", "decision", nobody).value is None
        assert read("2025-12-12", "decision", nobody).concern is None


class TestRedFlags:
    def test_a_button_is_its_meaning_and_not_its_label(self) -> None:
        item = coach.ITEMS["by-hand"]
        assert coaching.read_button(Status.IN_PLACE, item, coach.COACHING).concern == "nothing_shown"
        assert coaching.read_button(Status.NOT_YET, item, coach.COACHING).concern == "no_plan"

    def test_a_second_reply_shows_what_a_bare_no_did_not(self) -> None:
        combined = coaching.combine(read("no", "by-hand"), read("Kafka feeds the ticket system", "by-hand"))
        assert (combined.status, combined.concern) == (Status.IN_PLACE, None)


class TestTheSentence:
    @pytest.mark.parametrize(
        ("item_id", "words", "sentence"),
        [
            (
                "cases",
                "a lot",
                "I did not find a figure (cases a week) in that (cases a week). Such as “Like this.”",
            ),
            ("cost", "cheap", "I did not find an amount of money in that (EUR). Such as “Like this.”"),
            ("decision", "when it is ready", "I did not find a day in that (). Such as “Like this.”"),
            (
                "scope",
                "refunds",
                "I did not find one of “One task”, “A few listed tasks” or “Anything people ask” in that (). Such as “Like this.”",
            ),
            ("cases", "1.200", "Is it 1200 or 1.2?"),
            ("share", "0.94", "Is it 94 % or 0.94 %?"),
            ("cost", "3-5 cents", "Is it 0.03 EUR or 0.05 EUR?"),
            ("scope", "one task or anything people ask", "Is it One task or Anything people ask?"),
            ("drill", "12 Dec", "When was it done last?"),
        ],
    )
    def test_it_names_what_was_wanted(self, item_id: str, words: str, sentence: str) -> None:
        assert asked(read(words, item_id), coach.ITEMS[item_id]) == sentence

    def test_a_numeric_date_that_may_be_two_days_is_asked_about_by_both(self) -> None:
        ear = coach.ear_in("")
        item = coach.ITEMS["decision"]
        reading = coaching.read("3/4/2027", item, coach.COACHING, ear=ear)
        assert asked(reading, item) == "Is it 3 April 2027 or 4 March 2027?"

    def test_two_meanings_are_a_missing_value_where_the_playbook_has_no_sentence_for_them(self) -> None:
        fewer = tuple(concern for concern in coach.COACHING.concerns if concern.id != "two_meanings")
        reading = coaching.read(
            "1.200", coach.ITEMS["cases"], coach.COACHING.model_copy(update={"concerns": fewer})
        )
        assert reading.concern == "no_value"


class TestSecondReply:
    def test_a_value_that_was_missing_is_taken_from_the_second_reply(self) -> None:
        combined = coaching.combine(read("a lot", "cases"), read("1200 a week", "cases"))
        assert combined.concern is None
        assert combined.value is not None
        assert combined.value.number == 1200

    def test_what_is_still_doubtful_is_accepted_and_marked(self) -> None:
        combined = coaching.combine(read("accuracy 95 %", "bar"), read("it is very accurate", "bar"))
        assert (combined.status, combined.concern) == (Status.IN_PLACE, "no_business_figure")

    def test_a_first_value_survives_a_second_reply_without_one(self) -> None:
        combined = coaching.combine(read("3 cents in the pilot", "cost"), read("same at full volume", "cost"))
        assert combined.value is not None
        assert combined.value.unit == "EUR"
