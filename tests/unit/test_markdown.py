"""Words in a Markdown file read as they were written, and an address in them leads where it says."""

import pytest

from bot.domain.answers import GONE
from prompts.markdown import address, escape, quoted


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("1. first", r"1\. first"),
        ("12) twelfth", r"12\) twelfth"),
        ("3.14 is no list", "3.14 is no list"),
        ("- no list", r"\- no list"),
        ("--- no line", r"\--- no line"),
        ("R&D", "R&D"),
        ("&copy; &#35;", r"\&copy; \&\#35;"),
        ("*bold* _it_ [a](b) <b> `c` # | ~", r"\*bold\* \_it\_ \[a\](b) \<b\> \`c\` \# \| \~"),
    ],
)
def test_nothing_formats(words: str, shown: str) -> None:
    assert escape(words) == shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("see https://grafana.example/d/a_b*c.", "see <https://grafana.example/d/a_b*c>."),
        ("(https://x.example/q_1)", "(<https://x.example/q_1>)"),
        ("https://x.example/a|b", r"<https://x.example/a>\|b"),
    ],
)
def test_an_address_in_words_is_not_changed_by_their_escapes(words: str, shown: str) -> None:
    assert escape(words) == shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("https://good.example@evil.example/a_b", r"https\://good.example@evil.example/a\_b"),
        ("https://еxample.com/a_b", r"https\://еxample.com/a\_b"),
        ("https://x.example:99999/a_b", r"https\://x.example:99999/a\_b"),
        ("ftp://x.example/a_b", r"ftp\://x.example/a\_b"),
        ("www.example.com/a_b", r"www\.example.com/a\_b"),
    ],
)
def test_what_would_lead_elsewhere_is_no_link(words: str, shown: str) -> None:
    assert escape(words) == shown
    assert address(words) == shown


def test_evidence_that_was_deleted_says_so() -> None:
    assert address("https://s.example/archives/C1/p1") == "<https://s.example/archives/C1/p1>"
    assert (
        address(f"https://s.example/archives/C1/p1{GONE}") == "<https://s.example/archives/C1/p1> (deleted)"
    )
    assert address("the binder, page 1_2") == r"the binder, page 1\_2"


def test_a_quotation_keeps_its_lines_and_is_never_code() -> None:
    assert quoted("First\nsecond") == "> First  \n> second"
    assert (
        quoted("    four spaces\n\ttab")
        == "> \u00a0\u00a0\u00a0\u00a0four spaces  \n> \u00a0\u00a0\u00a0\u00a0tab"
    )
    assert quoted("1. one\n---") == "> 1\\. one  \n> \\---"
