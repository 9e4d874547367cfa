"""What an answer is made of, in words: figures as people write them, days, people, what was chosen."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from bot.domain.answers import Value
from bot.domain.playbook import AnswerKind, Item, Option
from prompts import filters

ITEM = Item(
    id="scope",
    title="Scope",
    question="What?",
    why="Because.",
    good="Like this.",
    if_missing="Do it.",
    evidence="a link",
    freshness_days=90,
    kind=AnswerKind.CHOICES,
    options=(Option(id="one", title="One <task>"), Option(id="two", title="Two tasks")),
)
plain = filters.FOR_PLAIN["value"]


def of(kind: AnswerKind, number: str, unit: str = "") -> Value:
    return Value(kind=kind, number=Decimal(number), unit=unit)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (of(AnswerKind.MONEY, "0.11", "EUR"), "0.11 €"),
        (of(AnswerKind.MONEY, "0.1", "EUR"), "0.10 €"),
        (of(AnswerKind.MONEY, "0.032", "USD"), "0.032 $"),
        (of(AnswerKind.MONEY, "1200", "CHF"), "1,200 CHF"),
        (of(AnswerKind.MONEY, "1E+6", "EUR"), "1,000,000 €"),
        (of(AnswerKind.MONEY, "7", "no code"), "7 no code"),
        (of(AnswerKind.MONEY, "7"), "7"),
        (of(AnswerKind.PERCENTAGE, "60.0", "%"), "60 %"),
        (of(AnswerKind.NUMBER, "12500.5", "cases a week"), "12,500.5 cases a week"),
        (of(AnswerKind.NUMBER, "-0.5"), "-0.5"),
        (Value(kind=AnswerKind.DATE, on=date(2026, 12, 2)), "2 Dec"),
        (Value(kind=AnswerKind.CHOICES, ids=("one", "two", "gone")), "One <task>, Two tasks, gone"),
        (Value(kind=AnswerKind.PERSON, ids=("U0MAYA",)), "@U0MAYA"),
        (Value(kind=AnswerKind.LINK, ids=tuple(f"https://a.example/{n}" for n in range(5))), None),
        (Value(kind=AnswerKind.TEXT), ""),
        (None, ""),
    ],
)
def test_a_value_is_said_as_people_write_it(value: Value | None, words: str | None) -> None:
    expected = (
        "https://a.example/0, https://a.example/1, https://a.example/2, 2 more" if words is None else words
    )
    assert plain(value, ITEM) == expected


def test_in_messages_people_are_mentioned_addresses_lead_there_and_options_are_escaped() -> None:
    group = Value(kind=AnswerKind.GROUP, ids=("S0PAYMENTS",))
    assert filters.value(group) == "<!subteam^S0PAYMENTS>"
    link = Value(kind=AnswerKind.LINK, ids=("https://a.example/x",))
    assert filters.value(link) == "<https://a.example/x|a.example/x>"
    chosen = Value(kind=AnswerKind.CHOICE, ids=("one",))
    assert filters.value(chosen, ITEM) == "One &lt;task&gt;"
    assert filters.value(Value(kind=AnswerKind.PERSON, ids=("<!channel>",))) == "&lt;!channel&gt;"


@given(st.decimals(allow_nan=True, allow_infinity=True), st.text(max_size=40))
def test_no_figure_and_no_unit_breaks_the_words(number: Decimal, unit: str) -> None:
    value = Value.model_construct(kind=AnswerKind.NUMBER, number=number, unit=unit, on=None, ids=())
    assert len(plain(value)) <= 62
    assert "<" not in filters.value(value)
