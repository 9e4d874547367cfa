"""What must hold of the coach's ear for any words, any locale and any form: it never fails, loses nothing and is quick."""

import string
import time
from decimal import Decimal

import pytest
from hypothesis import example, given, settings, strategies as st

from bot.domain import coaching
from bot.domain.answers import Reading, Status, Value
from bot.domain.coaching import Ear, Problem
from bot.domain.playbook import AnswerKind, Item
from bot.domain.text import escape, mentioned

from . import coach, replies, replies_doubts, replies_plans, replies_values

unhurried = settings(deadline=None, derandomize=True)
"""Other tests run beside these, and a run should say the same twice."""

TABLES = [
    *(row.words for row in replies_values.ALL),
    *(row.words for row in replies_plans.ALL),
    *(row.words for row in replies_doubts.ALL),
    *(row.words for row in replies.ALL if len(row.words) < 200),
]
PIECES = st.one_of(
    st.sampled_from(TABLES),
    st.text(max_size=40),
    st.text(alphabet=string.digits + " .,-/%€$'kmMT:", max_size=20),
    st.sampled_from(
        ["12 Dec", "31.02.", "99/99/9999", "0000-00-00", "Q9", "KW 99", "in 999 years", "in 0 days", "1e999", "∞", "½", "²", "٣٫٢", "１２", "-", "%"]
    ),
)  # fmt: skip
WORDS = st.lists(PIECES, max_size=6).map(" ".join)
ITEMS = st.sampled_from(list(coach.ITEMS.values()))
LOCALES = st.sampled_from(
    ["en-US", "en-GB", "de-DE", "fr-FR", "ja-JP", "ar-EG", "hi-IN", "sr-Latn-RS", "zh-TW", "pt-BR", "", "en", "xx-YY", "C", "de_DE.UTF-8"]
)  # fmt: skip


def read(words: str, item: Item, locale: str = "en-US") -> Reading:
    return coaching.read(words, item, coach.COACHING, ear=coach.ear_in(locale))


def visible(words: str) -> str:
    return "".join(character for character in words.replace("\x00", "") if not character.isspace())


class TestAnyWords:
    @unhurried
    @given(WORDS, ITEMS, LOCALES)
    @example("1" * 400, coach.ITEMS["cases"], "en-US")
    @example("9" * 17 + "." + "9" * 17 + " million", coach.ITEMS["cases"], "en-US")
    @example("31.12.9999, in 999 years", coach.ITEMS["decision"], "de-DE")
    @example("\ud800 12 Dec \ue000", coach.ITEMS["monitoring"], "")
    def test_reading_never_fails_and_says_something_sound(self, words: str, item: Item, locale: str) -> None:
        reading = read(words, item, locale)
        assert reading.concern is None or coach.COACHING.ask(reading.concern)
        asked = coaching.follow_up_for(reading, item, coach.COACHING)
        assert (asked is None) == (reading.concern is None)
        if reading.value is not None:
            self.is_sound(reading.value, item, words)
        if reading.plan is not None:
            assert reading.status in (Status.PARTLY, Status.NOT_YET)
            assert len(escape(reading.plan.what)) <= 400
            assert reading.plan.who in {None, coach.SPEAKER, coach.CHAMPION, coach.OWNER, *mentioned(words)}
            assert not (reading.plan.who and reading.plan.who_said)

    @staticmethod
    def is_sound(value: Value, item: Item, words: str) -> None:
        assert value.kind is item.kind
        assert Value.model_validate_json(value.model_dump_json()) == value
        given_parts = [value.number is not None, value.on is not None, bool(value.ids)]
        assert given_parts.count(True) == 1
        assert value.number is None or value.number.is_finite()
        if item.options:
            assert set(value.ids) <= {option.id for option in item.options}
        elif item.kind in {AnswerKind.PERSON, AnswerKind.GROUP}:
            assert set(value.ids) <= {*mentioned(words), coach.SPEAKER}

    @unhurried
    @given(st.text(max_size=300), ITEMS, LOCALES)
    def test_no_word_is_lost(self, text: str, item: Item, locale: str) -> None:
        assert visible(read(escape(text), item, locale).detail) == visible(
            text.encode("utf-8", "replace").decode()
        )

    @unhurried
    @given(WORDS.filter(lambda words: "<" not in words and "&" not in words), ITEMS, LOCALES)
    def test_reading_the_detail_again_says_the_same(self, words: str, item: Item, locale: str) -> None:
        once = read(words, item, locale)
        again = read(escape(once.detail), item, locale)
        assert again == once

    @unhurried
    @given(st.sampled_from(TABLES), ITEMS)
    def test_saying_it_again_changes_nothing(self, words: str, item: Item) -> None:
        reading = read(words, item)
        assert coaching.combine(reading, reading) == reading

    @unhurried
    @given(st.sampled_from(TABLES), st.sampled_from(TABLES), ITEMS)
    def test_two_replies_lose_neither_links_nor_a_value_nor_a_plan(
        self, first: str, second: str, item: Item
    ) -> None:
        one, two = read(first, item), read(second, item)
        combined = coaching.combine(one, two)
        assert set(one.evidence) | set(two.evidence) == set(combined.evidence)
        if combined.status is Status.IN_PLACE:
            assert combined.plan is None
            assert (combined.value is None) == (one.value is None and two.value is None)
        if one.plan and combined.plan:
            assert combined.plan.by or not one.plan.by
            assert combined.plan.who or combined.plan.who_said or not (one.plan.who or one.plan.who_said)

    @unhurried
    @given(st.text(max_size=30), st.sampled_from(TABLES), ITEMS)
    def test_a_locale_that_nobody_knows_says_nothing(self, locale: str, words: str, item: Item) -> None:
        strange = Ear(today=coach.TODAY, locale="x" + locale + "\u2603")
        nowhere = Ear(today=coach.TODAY)
        assert coaching.read(words, item, coach.COACHING, ear=strange) == coaching.read(
            words, item, coach.COACHING, ear=nowhere
        )


class TestForms:
    ANY = st.one_of(st.text(max_size=60), st.sampled_from(TABLES))

    @unhurried
    @given(ITEMS, ANY, ANY, ANY, st.lists(ANY, max_size=3), LOCALES)
    def test_any_field_is_a_value_a_problem_or_nothing(
        self, item: Item, text: str, number: str, on: str, ids: list[str], locale: str
    ) -> None:
        ear = coach.ear_in(locale)
        self.is_sound(coaching.read_value(item, text=text, ear=ear), item)
        self.is_sound(coaching.read_value(item, number=number, ear=ear), item)
        self.is_sound(coaching.read_value(item, on=on, ear=ear), item)
        self.is_sound(coaching.read_value(item, text=text, number=number, on=on, ear=ear), item)
        self.is_sound(coaching.read_value(item, ids=tuple(ids), ear=ear), item)

    @staticmethod
    def is_sound(read_as: Value | Problem | None, item: Item) -> None:
        if isinstance(read_as, Value):
            assert read_as.kind is item.kind
            assert Value.model_validate_json(read_as.model_dump_json()) == read_as

    @unhurried
    @given(ANY, ANY, ANY)
    def test_any_plan_is_a_plan_or_a_problem(self, what: str, who: str, by: str) -> None:
        plan = coaching.plan_form(what, who, by, ear=coach.ear_in("en-US"))
        if not isinstance(plan, Problem):
            assert len(plan.what) <= 1000
            assert not (plan.who and plan.who_said)

    @unhurried
    @given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
    def test_a_number_field_is_taken_exactly_in_every_locale(self, number: Decimal) -> None:
        for locale in ("en-US", "de-DE", ""):
            value = coaching.read_value(coach.ITEMS["cases"], number=str(number), ear=coach.ear_in(locale))
            assert isinstance(value, Value)
            assert value.number == number


SLOW = ["1", "1 ", "1,", "1.", "12 Dec ", "by ", "in 2 ", "a ", "A ", "Aa ", "a b ", "the team ", "half a ", "two ", "and ", "-", "1-", "%", "€ ",
        "@a ", "<@U1>", "no", "not ", "Jonas will ", "team", "q1 ", "次の", "12月", "one task ", "1, ", "over ", ": ", "A, ", "next week "]  # fmt: skip


@pytest.mark.parametrize("piece", SLOW)
def test_forty_thousand_characters_take_no_time(piece: str) -> None:
    """A regular expression gone wrong takes minutes; the limit is far from both that and a busy machine."""
    words = (piece * 40_000)[:40_000]
    begun = time.process_time()
    for item_id in (
        "monitoring",
        "cases",
        "cost",
        "share",
        "decision",
        "sponsor",
        "scope",
        "kept",
        "bar",
        "by-hand",
    ):
        read(words, coach.ITEMS[item_id], "nl-NL")
    assert time.process_time() - begun < 6


def test_a_reply_of_ordinary_length_takes_milliseconds() -> None:
    coaching.warm_up()
    replies_of_all_kinds = [(row.words, coach.ITEMS[row.item], row.locale) for row in replies_values.ALL]
    for words, item, locale in replies_of_all_kinds:
        read(words, item, locale)  # the tables of a language are read once
    begun = time.process_time()
    for words, item, locale in replies_of_all_kinds:
        read(words, item, locale)
    assert (time.process_time() - begun) / len(replies_of_all_kinds) < 0.005
