"""A playbook's texts are plain text in Slack: marks in them style nothing, and what runs from right to left keeps to itself."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from bot.domain.playbook import Item
from prompts.library import Library
from prompts.markup import Mrkdwn, cut_for_mrkdwn, marked, references, unstyled
from sandbox.page.mrkdwn import mrkdwn
from sandbox.page.reader import Reader

LIBRARY = Library.load(Path(__file__).parents[1] / "playbook")
ITEM = LIBRARY.playbook.checklists[0].items[0]
STYLES = re.compile(r"<(?:strong|em|s|code|pre|blockquote)\b")
MARKED = [
    "Is *everything* in place?", "_all_ of it", "~gone~ or not", "`config.yaml` and ```blocks```", "> quoted\n> twice",
    "**twice** __twice__", "a *bold\nthing* over lines", "(*in brackets*), _so_.", "*", "_*~`x`~*_",
]  # fmt: skip
ARABIC, HEBREW = "من يراجع النتائج؟", "מי בודק את זה?"


def item_with(text: str) -> Item:
    return ITEM.model_copy(update=dict.fromkeys(("title", "question", "why", "good", "evidence"), text))


def question(text: str, **more: Any) -> Any:
    return LIBRARY.words(
        "interview/question", item=item_with(text), number=2, total=7, known=None, standing="missing", **more
    )


def drawn(text: str) -> str:
    reader = Reader(
        user_id="U1", users={}, channels={}, usergroups={}, members={}, now=datetime(2026, 11, 22, tzinfo=UTC)
    )
    return str(mrkdwn(text, reader))


@pytest.mark.parametrize("text", MARKED)
def test_marks_in_a_question_style_nothing_and_leave_ours_whole(text: str) -> None:
    words = question(text)
    title = drawn(words.mrkdwn("question")).split("<br>")[0]
    assert title.startswith("<strong>2 of 7 · ")
    assert title.endswith("</strong>")
    assert len(STYLES.findall(drawn(words.mrkdwn("question")))) == 1
    assert not STYLES.search(drawn(words.mrkdwn("good")))


def test_plain_text_places_keep_the_marks_as_they_were_typed() -> None:
    assert "`config.yaml`" in question("see `config.yaml`").plain("text")


@pytest.mark.parametrize(
    "text", ["cost_model", "2*3*4", "a~b", "5 > 3", "https://wiki.example/_a_/~b*c*", "- one\n- two", "# Title", "| a | b |"]
)  # fmt: skip
def test_what_styles_nothing_stays_as_it_is(text: str) -> None:
    assert unstyled(text) == text


@example("a`a`a")
@given(st.text(alphabet="*_~`> ab\n.(", max_size=30))
def test_nothing_of_those_marks_ever_styles(text: str) -> None:
    shown = unstyled(text)
    assert len(shown) == len(text)
    assert not STYLES.search(drawn(marked(shown)))
    assert unstyled(shown) == shown


@pytest.mark.parametrize("text", [ARABIC, HEBREW, f"Refund {HEBREW} & 90%"])
def test_what_runs_from_right_to_left_is_set_apart_from_the_marks_around_it(text: str) -> None:
    assert marked(text) == f"\u2068{text.replace('&', '&amp;')}\u2069"
    assert references(text).startswith("\u2068")
    shown = question(text).mrkdwn("question")
    assert shown.startswith("*2 of 7 · \u2068")
    assert "\u2069*" in shown


def test_other_scripts_are_left_as_they_are() -> None:
    for text in ("返金トリアージ", "한국어", "Zürich", "🦜", "Привет"):
        assert marked(text) == text


@given(st.text(alphabet=f"{ARABIC[:5]}ab &<", max_size=40), st.integers(0, 30))
def test_a_cut_never_leaves_the_direction_open_nor_is_too_long(text: str, most: int) -> None:
    for shorter in (cut_for_mrkdwn(text, most), cut_for_mrkdwn(marked(text), most)):
        assert len(shorter) <= max(most, 0)
        assert shorter.count("\u2068") == shorter.count("\u2069")
        assert isinstance(shorter, Mrkdwn)


def test_titles_in_a_sentence_style_nothing_either() -> None:
    words = LIBRARY.words("review/missing_phrase", titles=["*Orders* `db`", "Cost model"])
    assert not STYLES.search(drawn(words.mrkdwn("phrase")))
