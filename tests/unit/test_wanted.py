"""Which pilots somebody asks for in words, and how a list says again which one it is."""

import contextlib

import pytest
from hypothesis import given, strategies as st

from bot.domain.errors import Refusal
from bot.domain.playbook import Playbook
from bot.domain.seeking import Shown
from bot.portfolio import wanted
from bot.portfolio.wanted import (
    EVERYTHING,
    FilterNotUnderstood,
    OwnerNotPicked,
    TooManyOwners,
    TooMuchAtOnce,
    Wanted,
)
from prompts.library import Library

BOOK: Playbook = Library.load().playbook


def understood(text: str, *mentions: str) -> Wanted:
    return wanted.understood(text, mentions, BOOK)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", EVERYTHING),
        ("all", EVERYTHING),
        ("shadow", Wanted(stage="shadow")),
        ("Limited release", Wanted(stage="limited")),
        ("limited", Wanted(stage="limited")),
        ("STALLED", Wanted(shown=Shown.STALLED)),
        ("at risk", Wanted(shown=Shown.AT_RISK)),
        ("at-risk", Wanted(shown=Shown.AT_RISK)),
        ("ready", Wanted(shown=Shown.READY)),
        ("on hold", Wanted(shown=Shown.HELD)),
        ("open again", Wanted(shown=Shown.OPEN_AGAIN)),
        ("to decide", Wanted(shown=Shown.TO_DECIDE)),
        ("retired", Wanted(shown=Shown.RETIRED)),
        ("stalled in shadow", Wanted(shown=Shown.STALLED, stage="shadow")),
        ("shadow, stalled", Wanted(shown=Shown.STALLED, stage="shadow")),
        ("pilots that are at risk, in the limited release", Wanted(shown=Shown.AT_RISK, stage="limited")),
        ("shadow shadow", Wanted(stage="shadow")),
    ],
)
def test_words_are_understood_in_any_order(said: str, meant: Wanted) -> None:
    assert understood(said) == meant


def test_owners_are_people_and_groups_that_are_mentioned() -> None:
    said = "stalled <@U0MAYA|maya> <!subteam^S0PAY|@pay>"
    assert understood(said, "U0MAYA", "S0PAY") == Wanted(shown=Shown.STALLED, owners=("U0MAYA", "S0PAY"))


def test_what_is_not_understood_is_answered_with_the_nearest_and_an_example() -> None:
    with pytest.raises(FilterNotUnderstood) as refused:
        understood("stallled")
    assert "“stallled”" in refused.value.sentence
    assert "Did you mean `/pilot list stalled`?" in refused.value.sentence
    assert "For example: `/pilot list shadow stalled`" in refused.value.sentence
    with pytest.raises(FilterNotUnderstood) as refused:
        understood("everything xyzzy")
    assert "Did you mean" not in refused.value.sentence


def test_a_name_that_slack_did_not_recognise_is_to_be_picked() -> None:
    with pytest.raises(OwnerNotPicked):
        understood("@maya")


@pytest.mark.parametrize("said", ["shadow limited", "stalled ready", "retired shadow"])
def test_what_cannot_stand_together_is_said(said: str) -> None:
    with pytest.raises(TooMuchAtOnce):
        understood(said)


def test_more_than_four_owners_are_too_many() -> None:
    with pytest.raises(TooManyOwners):
        understood("", *(f"U{n}" for n in range(5)))


wanteds = st.builds(
    Wanted,
    shown=st.sampled_from(Shown),
    stage=st.sampled_from([None, *(stage.id for stage in BOOK.stages)]),
    owners=st.lists(st.from_regex(r"[US][A-Z0-9]{8,10}", fullmatch=True), max_size=4).map(tuple),
    page=st.integers(0, 5000),
).filter(lambda one: one.stage is None or one.shown is not Shown.RETIRED)


@given(wanteds)
def test_a_list_says_again_which_one_it_is_within_what_slack_takes(one: Wanted) -> None:
    assert wanted.read(one.carried(), BOOK) == one
    assert len(f"filter:{one.carried()}") <= 255


@given(st.text(max_size=300))
def test_a_forged_list_is_some_list(text: str) -> None:
    found = wanted.read(text, BOOK)
    assert found.page >= 0
    assert found.stage is None or BOOK.stage(found.stage)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_understood_or_refused(text: str) -> None:
    with contextlib.suppress(Refusal):
        assert understood(text).page == 0


def test_a_menu_narrows_and_begins_at_the_first_page() -> None:
    was = Wanted(shown=Shown.STALLED, stage="shadow", owners=("U0MAYA",), page=4)
    assert was.narrowed("stage", "limited", BOOK) == Wanted(
        shown=Shown.STALLED, stage="limited", owners=("U0MAYA",)
    )
    assert was.narrowed("stage", "any", BOOK).stage is None
    assert was.narrowed("shown", "ready", BOOK) == Wanted(
        shown=Shown.READY, stage="shadow", owners=("U0MAYA",)
    )
    retired = was.narrowed("shown", "retired", BOOK)
    assert retired.stage is None, "who was retired is in no stage"
    assert retired.narrowed("stage", "shadow", BOOK) == Wanted(stage="shadow", owners=("U0MAYA",))
    assert retired.narrowed("stage", "any", BOOK) == retired
    assert was.narrowed("shown", "nonsense", BOOK) == was
    assert was.narrowed("colour", "red", BOOK) == was
