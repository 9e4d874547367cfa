"""A figure in a field of its own is read as answers read it: by how the person writes numbers, and asked about where that does not tell."""

from decimal import Decimal

import pytest

from bot.domain.coaching import typed_figure


def read(words: str, locale: str = "") -> list[str]:
    return [format(number, "f") for number in typed_figure(words, locale)]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("60", "60"),
        ("4.2", "4.2"),
        ("0,5", "0.5"),
        ("0.125", "0.125"),
        ("60%", "60"),
        ("60 %", "60"),
        ("+61", "61"),
        ("-3.5", "-3.5"),
        ("\u22123.5", "-3.5"),
        ("about 60", "60"),
        ("~60", "60"),
        ("1 010", "1010"),
        ("6\u202f000", "6000"),
        ("1 234,5", "1234.5"),
        ("1\u00a0234,5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("1’234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567,89", "1234567.89"),
        ("-1.234,5", "-1234.5"),
        ("12k", "12000"),
        ("3 million", "3000000"),
        ("1,5 Mio.", "1500000"),
    ],
)
@pytest.mark.parametrize("locale", ["", "de-DE", "en-US"])
def test_how_people_write_a_number(words: str, number: str, locale: str) -> None:
    assert read(words, locale) == [number]


@pytest.mark.parametrize(
    ("words", "locale", "number"),
    [("1.234", "de-DE", "1234"), ("1,234", "en-US", "1234"), ("-22.000", "de-DE", "-22000")],
)
def test_where_the_locale_tells_nobody_is_asked(words: str, locale: str, number: str) -> None:
    assert read(words, locale) == [number]


@pytest.mark.parametrize(
    ("words", "locale"), [("1.234", ""), ("1,234", ""), ("1.234", "en-US"), ("1,234", "de-DE")]
)
def test_what_could_be_two_numbers_is_both(words: str, locale: str) -> None:
    assert read(words, locale) == ["1234", "1.234"]


def test_both_meanings_have_the_sign() -> None:
    assert read("-1,234") == ["-1234", "-1.234"]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "-",
        "many",
        "60 or 70",
        "3-5",
        "between 3 and 5",
        "12:30",
        "--4",
        "€60",
        "1.2.3",
        "1,23,4",
        "½",
        "60 refunds",
        "1e9",
        "9" * 40,
        "9" * 16,
        "Infinity",
        "NaN",
    ],
)
def test_what_is_no_plain_number_is_none(words: str) -> None:
    assert typed_figure(words, "de-DE") == ()


def test_a_number_is_exact() -> None:
    assert typed_figure("0.10", "") == (Decimal("0.10"),)
