"""English for sentences: numbers in words, lists, plurals, titles that stand inside a sentence, days.

Pure functions over plain values; knows neither Slack nor templates.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

_WORDS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_words(count: int) -> str:
    """Return a count as a word up to twelve ("no" for none), as digits beyond."""
    return _WORDS[count] if 0 <= count < len(_WORDS) else digits(count)


def digits(count: int) -> str:
    """Return a count in digits: thousands stand apart, as in "2,500"."""
    return f"{count:,}"


def ordinal(place: int) -> str:
    """Return a place in a row as a word up to ten, as "11th", "22nd" beyond."""
    if 1 <= place <= len(_ORDINALS):
        return _ORDINALS[place - 1]
    teen = place % 100 in {11, 12, 13}
    return f"{place}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')}"


def number(value: Decimal | float) -> str:
    """Return a figure without exponent and without zeros at its end."""
    exact = Decimal(str(value))
    if not exact.is_finite():
        return str(value)
    told = format(exact, "f")
    told = told.rstrip("0").rstrip(".") if "." in told else told
    return "0" if told == "-0" else told


def grouped(value: Decimal | float) -> str:
    """Return the same with its thousands apart, as counts have them: "1,234.5"."""
    told, exact = number(value), Decimal(str(value))
    if not exact.is_finite() or abs(exact) < 1_000:
        return told
    whole, dot, rest = told.partition(".")
    return f"{int(whole):,}{dot}{rest}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return "1 day", "12 days", "1,200 days"."""
    return f"{digits(count)} {one if count == 1 else many or one + 's'}"


def times(count: int) -> str:
    """Return "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count) or counted(count, "time")


def join_words(parts: Sequence[str], last: str = "and") -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def mid_sentence(title: str) -> str:
    """Return a title as it stands inside a sentence: "Rollback" becomes "rollback", "API access" stays."""
    first = title.split(maxsplit=1)[0] if title.strip() else ""
    ordinary = first[:1].isupper() and first[1:].islower()
    article = first == "A"
    return title[:1].lower() + title[1:] if ordinary or article else title


def are_several(titles: Sequence[str]) -> bool:
    """Whether titles take "are": more than one, or one that names several things ("Guardrails", "Rules and records")."""
    if len(titles) != 1:
        return True
    title = titles[0].rstrip().lower()
    return " and " in title or (title.endswith("s") and not title.endswith(("ss", "is", "us")))


def start_sentence(text: str) -> str:
    """Return the text with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]


def short_day(day: date) -> str:
    """Return "2 Dec"."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def full_day(day: date) -> str:
    """Return "2 Dec 2026", where the year is not clear from what is said."""
    return f"{short_day(day)} {day.year}"
