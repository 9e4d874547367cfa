"""Which value the coach hears in words. The table is in `replies_values.py`."""

import pytest

from bot.domain import coaching
from bot.domain.answers import Reading, Status, Value

from . import coach, replies_values as replies


def read(words: str, item_id: str, locale: str = "en-US") -> Reading:
    return coaching.read(words, coach.ITEMS[item_id], coach.COACHING, ear=coach.ear_in(locale))


def noted(value: Value | None) -> str | None:
    """Return a value as a person would note it down."""
    if value is None:
        return None
    if value.on is not None:
        return value.on.isoformat()
    return ",".join(value.ids) if value.number is None else f"{value.number} {value.unit}"


@pytest.mark.parametrize("row", replies.ALL, ids=lambda row: f"{row.item} {row.words[:40]} {row.locale}")
def test_a_value_is_read_as_a_colleague_would_note_it_down(row: replies.Row) -> None:
    reading = read(row.words, row.item, row.locale)
    assert (noted(reading.value), reading.concern, reading.status) == (row.value, row.concern, row.status)
    if reading.value is not None:
        assert reading.value.kind is coach.ITEMS[row.item].kind


@pytest.mark.parametrize(
    ("item_id", "first", "second", "status", "concern", "value"),
    replies.WITHOUT,
    ids=lambda value: str(value)[:30],
)
def test_an_answer_without_its_value_is_accepted_as_partly(
    item_id: str, first: str, second: str, status: Status, concern: str | None, value: str | None
) -> None:
    item = coach.ITEMS[item_id]
    given = coaching.as_far_as_given(read(first, item_id), item)
    if second:
        given = coaching.combine(given, coaching.as_far_as_given(read(second, item_id), item))
    assert (given.status, given.concern, noted(given.value)) == (status, concern, value)
