"""Values from the fields of a form: what each field gives, and the sentence for what cannot be read."""

from datetime import date
from decimal import Decimal

import pytest

from bot.domain import coaching
from bot.domain.answers import Value
from bot.domain.coaching import Problem, Trouble
from bot.domain.playbook import AnswerKind

from . import coach


def value(
    item_id: str,
    *,
    text: str = "",
    number: str = "",
    on: str = "",
    ids: tuple[str, ...] = (),
    locale: str = "en-US",
) -> object:
    ear = coach.ear_in(locale)
    return coaching.read_value(coach.ITEMS[item_id], text=text, number=number, on=on, ids=ids, ear=ear)


def test_nothing_entered_is_no_value_and_no_problem() -> None:
    for item_id in coach.ITEMS:
        assert value(item_id) is None
        assert value(item_id, text="  ", ids=("",)) is None


def test_words_alone_have_no_value() -> None:
    assert value("monitoring", text="Grafana", number="3") is None
    assert value("bar", text="60 %") is None


def test_a_number_field_has_a_point_whatever_the_locale() -> None:
    assert value("cases", number="1.200", locale="de-DE") == Value(
        kind=AnswerKind.NUMBER, number=Decimal("1.200"), unit="cases a week"
    )
    assert value("cost", number="0.11") == Value(kind=AnswerKind.MONEY, number=Decimal("0.11"), unit="EUR")
    assert value("share", number="94") == Value(kind=AnswerKind.PERCENTAGE, number=Decimal(94), unit="%")


def test_typed_words_are_read_as_in_the_thread() -> None:
    assert value("cases", text="1.200", locale="de-DE") == Value(
        kind=AnswerKind.NUMBER, number=Decimal(1200), unit="cases a week"
    )
    assert value("cost", text="11 ct") == Value(kind=AnswerKind.MONEY, number=Decimal("0.11"), unit="EUR")
    assert value("decision", text="12 Dec") == Value(kind=AnswerKind.DATE, on=date(2026, 12, 12))
    assert value("scope", text="2") == Value(kind=AnswerKind.CHOICE, ids=("few-tasks",))
    assert value("report", text="see https://a.example/r today") == Value(
        kind=AnswerKind.LINK, ids=("https://a.example/r",)
    )


def test_what_is_picked_is_taken() -> None:
    assert value("decision", on="2026-12-12") == Value(kind=AnswerKind.DATE, on=date(2026, 12, 12))
    assert value("sponsor", ids=("U0SAM",)) == Value(kind=AnswerKind.PERSON, ids=("U0SAM",))
    assert value("owning-team", ids=("S0PAY",)) == Value(kind=AnswerKind.GROUP, ids=("S0PAY",))
    assert value("scope", ids=("one-task",)) == Value(kind=AnswerKind.CHOICE, ids=("one-task",))
    assert value("kept", ids=("input", "version", "input")) == Value(
        kind=AnswerKind.CHOICES, ids=("input", "version")
    )


@pytest.mark.parametrize(
    ("item_id", "field", "trouble"),
    [
        ("cases", {"number": "many"}, Trouble.NOT_A_NUMBER),
        ("cases", {"number": "1e999"}, Trouble.NOT_A_NUMBER),
        ("cases", {"number": "NaN"}, Trouble.NOT_A_NUMBER),
        ("cases", {"text": "a lot"}, Trouble.NOT_A_NUMBER),
        ("cost", {"text": "cheap"}, Trouble.NOT_AN_AMOUNT),
        ("share", {"text": "most"}, Trouble.NOT_A_PERCENTAGE),
        ("decision", {"on": "2026-02-31"}, Trouble.NOT_A_DATE),
        ("decision", {"on": "9999-12-31"}, Trouble.NOT_A_DATE),
        ("decision", {"text": "when it is ready"}, Trouble.NOT_A_DATE),
        ("report", {"text": "in Confluence"}, Trouble.NOT_A_LINK),
        ("report", {"ids": ("javascript:alert(1)",)}, Trouble.NOT_A_LINK),
        ("sponsor", {"ids": ("S0PAY",)}, Trouble.NOT_A_PERSON),
        ("sponsor", {"ids": ("<@U0SAM>",)}, Trouble.NOT_A_PERSON),
        ("owning-team", {"ids": ("U0SAM",)}, Trouble.NOT_A_GROUP),
        ("scope", {"ids": ("gone",)}, Trouble.NOT_AN_OPTION),
        ("scope", {"ids": ("one-task", "few-tasks")}, Trouble.NOT_AN_OPTION),
        ("kept", {"ids": ("input", "gone")}, Trouble.NOT_AN_OPTION),
    ],
)
def test_what_cannot_be_read_names_its_sentence(
    item_id: str, field: dict[str, object], trouble: Trouble
) -> None:
    assert value(item_id, **field) == Problem(trouble=trouble)  # type: ignore[arg-type]  # one of the fields each


@pytest.mark.parametrize(
    ("item_id", "text", "meanings"),
    [
        ("cases", "1.200", ("1200", "1.2")),
        ("share", "0.94", ("94 %", "0.94 %")),
        ("cost", "3-5 cents", ("0.03 EUR", "0.05 EUR")),
    ],
)
def test_what_has_two_meanings_names_both(item_id: str, text: str, meanings: tuple[str, ...]) -> None:
    assert value(item_id, text=text) == Problem(trouble=Trouble.TWO_MEANINGS, meanings=meanings)
