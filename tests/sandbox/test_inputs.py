"""What Slack's own client refuses in a form before the app hears of it, and what it lets through."""

from typing import Any

import pytest

from sandbox.inputs import complaints, entered

WHOLE = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "100"}
DECIMAL = {"type": "number_input", "is_decimal_allowed": True}
ADDRESS = {"type": "url_text_input"}
TWO = {
    "type": "multi_static_select",
    "max_selected_items": 2,
    "options": [{"text": {"type": "plain_text", "text": one}, "value": one} for one in "abc"],
}
PEOPLE = {"type": "multi_users_select", "max_selected_items": 1}


def complaint(element: dict[str, Any], given: Any, *, optional: bool = False) -> str | None:
    block = {"type": "input", "block_id": "b", "element": element | {"action_id": "a"}, "optional": optional}
    return complaints({"blocks": [block]}, {"b": {"a": entered(element, given)}}).get("b")


@pytest.mark.parametrize(
    ("element", "given"),
    [
        (WHOLE, "1"),
        (WHOLE, "100"),
        (DECIMAL, "-0.5"),
        (DECIMAL, ".5"),
        (ADDRESS, "https://wiki.example/runbook?page=1#top"),
        (ADDRESS, "http://localhost:8080"),
        (TWO, ["a", "b"]),
        (PEOPLE, ["U1"]),
        ({"type": "plain_text_input", "min_length": 3}, "yes"),
        ({"type": "email_text_input"}, "maya@northwind.example"),
        ({"type": "datepicker"}, "2026-12-01"),
    ],
)
def test_what_fits_is_let_through(element: dict[str, Any], given: Any) -> None:
    assert complaint(element, given) is None


@pytest.mark.parametrize(
    ("element", "given", "words"),
    [
        (WHOLE, "1.5", "whole number"),
        (WHOLE, "0", "at least 1"),
        (WHOLE, "101", "at most 100"),
        (DECIMAL, "nan", "enter a number"),
        (DECIMAL, "1_000", "enter a number"),
        (DECIMAL, "1,5", "enter a number"),
        (DECIMAL, "about forty", "enter a number"),
        (ADDRESS, "wiki.example/runbook", "valid URL"),
        (ADDRESS, "https://", "valid URL"),
        (ADDRESS, "https://two words", "valid URL"),
        (ADDRESS, "javascript:alert(1)", "valid URL"),
        (TWO, ["a", "b", "c"], "at most 2"),
        (PEOPLE, ["U1", "U2"], "at most 1"),
        ({"type": "email_text_input"}, "maya", "email"),
        ({"type": "plain_text_input", "max_length": 3}, "four", "at most 3 characters"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(element: dict[str, Any], given: Any, words: str) -> None:
    assert words in str(complaint(element, given))


@pytest.mark.parametrize("element", [WHOLE, ADDRESS, TWO, PEOPLE, {"type": "datepicker"}])
def test_nothing_is_refused_unless_it_is_optional(element: dict[str, Any]) -> None:
    assert complaint(element, None) == "Please complete this required field."
    assert complaint(element, None, optional=True) is None
