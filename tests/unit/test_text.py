"""Escaping, reading back, cutting and taming of what people write."""

import unicodedata

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.text import (
    cut,
    cut_markup,
    escape,
    links,
    mentioned,
    says_something,
    storable,
    tame,
    unescape,
)

unhurried = settings(deadline=None, derandomize=True)

HOSTILE = [
    "<!channel> <!here> <!everyone>",
    "<!subteam^S0001> <@U0001>",
    "<https://evil.example|https://good.example>",
    "<!date^0^{date}^https://evil.example|x>",
    "&lt;!channel&gt;",
    "&amp;lt;",
    "a < b && c > d",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_people_write_becomes_a_control_sequence(text: str) -> None:
    assert "<" not in escape(text)
    assert ">" not in escape(text)


@unhurried
@given(st.text())
def test_what_is_escaped_reads_back_as_it_was_written(text: str) -> None:
    assert unescape(escape(text)) == text


@pytest.mark.parametrize(
    ("delivered", "read"),
    [
        ("fish &amp; chips &lt;3", "fish & chips <3"),
        ("&amp;lt;", "&lt;"),
        ("ask <@U0123>", "ask @U0123"),
        ("ask <@U0123|maria>", "ask @maria"),
        ("in <#C0123|pilots>", "in #pilots"),
        ("in <#C0123|>", "in #C0123"),
        ("<!subteam^S0123|@payments-ops> owns it", "@payments-ops owns it"),
        ("<!subteam^S0123> owns it", "@S0123 owns it"),
        ("<!here> look", "@here look"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("<https://wiki.example/run?a=1&amp;b=2>", "https://wiki.example/run?a=1&b=2"),
        ("<http://wiki.example|wiki.example>", "wiki.example"),
        ("<https://wiki.example/run|the runbook>", "the runbook (https://wiki.example/run)"),
        ("<mailto:ops@team.example|ops@team.example>", "ops@team.example"),
        ("<tel:+4912345|+4912345>", "+4912345"),
        ("a <> b < c", "a <> b < c"),
    ],
)
def test_slack_text_reads_as_the_person_wrote_it(delivered: str, read: str) -> None:
    assert unescape(delivered) == read


def test_a_known_name_stands_for_a_mention() -> None:
    assert unescape("ask <@U0123>", {"U0123": "Maria"}) == "ask @Maria"


@unhurried
@given(st.text(alphabet="<>@#!|^&;lgtampU01 https://.x", max_size=80))
def test_reading_never_fails(text: str) -> None:
    assert isinstance(unescape(text), str)
    assert isinstance(mentioned(text), tuple)
    assert isinstance(links(text), tuple)


def test_mentions_are_told_once_and_in_order() -> None:
    assert mentioned("<@U2> and <!subteam^S1|@ops>, <@U1|x> <@U2> &lt;@U9&gt; <!here>") == ("U2", "S1", "U1")


def test_links_are_told_with_their_real_address() -> None:
    text = "<https://a.example/?x=1&amp;y=2|https://b.example> <mailto:a@b.example|a> <javascript:alert(1)|x>"
    assert links(text) == ("https://a.example/?x=1&y=2",)


@unhurried
@given(
    st.text(alphabet=st.one_of(st.sampled_from("&<>a \u0301\u200d\ufe0f👍🏽🇩🇪漢"), st.characters())),
    st.integers(0, 60),
)
def test_a_cut_text_fits_when_escaped_and_begins_as_the_whole(text: str, limit: int) -> None:
    shown = cut(text, limit)
    assert len(escape(shown)) <= limit
    if len(escape(text)) <= limit:
        assert shown == text
    elif limit:
        assert shown.endswith("…")
        assert text.startswith(shown[:-1])


def test_an_answer_of_40000_characters_is_cut_by_its_escaped_length() -> None:
    shown = cut("&" * 40_000, 3000)
    assert len(escape(shown)) <= 3000
    assert len(escape(shown)) > 2990


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("👨‍👩‍👧 family", 4, "…"),
        ("ab👍🏽cd", 4, "ab…"),
        ("ab🇩🇪🇫🇷x", 5, "ab🇩🇪…"),
        ("ab🇩🇪🇫🇷x", 4, "ab…"),
        ("cafe\u0301 au lait", 5, "caf…"),
        ("漢字漢字漢字", 4, "漢字漢…"),
        ("one two three", 9, "one two…"),
    ],
)
def test_a_cut_leaves_letters_and_emoji_whole(text: str, limit: int, shown: str) -> None:
    assert cut(text, limit) == shown


def test_a_letter_with_endless_marks_cannot_swallow_the_text() -> None:
    assert len(cut("a" * 50 + "\u0301" * 500, 100)) > 50


@pytest.mark.parametrize(
    ("markup", "limit", "shown"),
    [
        ("fish &amp; chips", 8, "fish…"),
        ("ask <@U0123> now", 10, "ask…"),
        ("ask <@U0123> now", 14, "ask <@U0123>…"),
        ("short", 10, "short"),
    ],
)
def test_markup_is_never_cut_inside_an_entity_or_a_reference(markup: str, limit: int, shown: str) -> None:
    assert cut_markup(markup, limit) == shown


@unhurried
@given(st.text(alphabet="&;<>lgtamp @U|x", max_size=60), st.integers(0, 40))
def test_cut_markup_fits(markup: str, limit: int) -> None:
    assert len(cut_markup(markup, limit)) <= limit


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("Refund\u202etriage", "Refundtriage"),
        ("Re\u200bfund  \n triage\ufeff", "Refund triage"),
        ("\u200b\u2800\u3164", ""),
        ("\x00\x1bRefund\x85triage", "Refund triage"),
        ("0 \x1b 0", "0 0"),
        ("Family 👨‍👩‍👧 ❤️‍🔥", "Family 👨‍👩‍👧 ❤️‍🔥"),
        ("مساعد الاسترداد", "مساعد الاسترداد"),
        ("退款分类", "退款分类"),
    ],
)
def test_a_tamed_name_hides_nothing(given_name: str, shown: str) -> None:
    assert tame(given_name) == shown


@unhurried
@given(st.text())
def test_taming_is_done_in_one_go_and_leaves_one_clean_line(text: str) -> None:
    name = tame(text)
    assert tame(name) == name
    assert not any(unicodedata.category(c) == "Cc" for c in name)
    assert "\u202e" not in name


@pytest.mark.parametrize(("sent", "kept"), [("a\ud83d", "a?"), ("a\x00b", "ab"), ("a👍\n", "a👍\n")])
def test_what_no_database_takes_is_kept_out_of_it(sent: str, kept: str) -> None:
    assert storable(sent) == kept


@pytest.mark.parametrize(
    ("reason", "enough"),
    [
        ("", False),
        (" . ", False),
        ("\u200b\u2800", False),
        ("🔥", False),
        ("no", True),
        ("不行", True),
        ("9", True),
    ],
)
def test_a_reason_holds_a_letter_or_a_digit_of_any_script(reason: str, enough: bool) -> None:
    assert says_something(reason) is enough
