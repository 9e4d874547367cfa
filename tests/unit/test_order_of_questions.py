"""The order of questions, and what turns do to it: properties of the pure rules, under any sequence of what people do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain import confirming, interview as rules
from bot.domain.answers import Answer, Status
from bot.domain.conversations import Interview, InterviewState, Scope
from bot.domain.playbook import AnswerKind, Item
from bot.domain.readiness import Standing, stands, verdict

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
IDS = tuple(f"item-{number}" for number in range(8))
calmly = settings(deadline=None)


def item(
    item_id: str, *, critical: bool = True, step: str | None = None, kind: AnswerKind = AnswerKind.STATUS
) -> Item:
    return Item(
        id=item_id,
        title=item_id,
        question="What?",
        why="Because.",
        good="Like this.",
        if_missing="Do it.",
        evidence="a link",
        freshness_days=90,
        critical=critical,
        step=step,
        kind=kind,
    )


def answer(item_id: str, status: Status, days_ago: int = 0, interview_id: str | None = None) -> Answer:
    return Answer(
        pilot_id="P1",
        item_id=item_id,
        revision=1,
        status=status,
        detail="words",
        answered_by="U1",
        answered_at=NOW - timedelta(days=days_ago),
        interview_id=interview_id,
    )


def interview(asked: tuple[str, ...] = IDS) -> Interview:
    return Interview(
        id="I1",
        workspace_id="T1",
        pilot_id="P1",
        gate_id="readiness",
        channel_id="C1",
        state=InterviewState.OPEN,
        started_by="U1",
        started_at=NOW,
        last_turn_at=NOW,
        playbook_version="1",
        asked=asked,
    )


STEPS = ("goals", "testing", "monitoring")


def step_of(one: Item) -> int:
    return STEPS.index(one.step) if one.step in STEPS else len(STEPS)


ITEMS = st.lists(st.tuples(st.booleans(), st.sampled_from([*STEPS, None])), min_size=1, max_size=12).map(
    lambda facts: [item(f"item-{n}", critical=c, step=s) for n, (c, s) in enumerate(facts)]
)
ANSWERS = st.dictionaries(
    st.sampled_from([f"item-{n}" for n in range(12)]),
    st.tuples(st.sampled_from(Status), st.integers(0, 200)),
).map(lambda given: {one: answer(one, status, days) for one, (status, days) in given.items()})


class TestOrder:
    @calmly
    @given(ITEMS, ANSWERS, st.sampled_from([Scope.MISSING, Scope.FULL]))
    def test_what_blocks_comes_first_what_is_old_before_all_then_the_steps_then_the_checklist(
        self, items: list[Item], answers: dict[str, Answer], scope: Scope
    ) -> None:
        found = {one.item.id: one for one in verdict(items, answers, NOW).items}
        try:
            asked = rules.to_ask(items, answers, NOW, scope=scope, step_of=step_of)
        except rules.NothingToAsk:
            assert scope is Scope.MISSING
            assert all(one.settled for one in found.values())
            return
        place = {one.id: n for n, one in enumerate(items)}
        old = {one for one in asked if found[one].blocks and found[one].standing is Standing.STALE}
        ranks = [
            (not found[one].blocks, one not in old, step_of(found[one].item), place[one]) for one in asked
        ]
        assert ranks == sorted(ranks)
        assert set(asked) == {
            one for one, standing in found.items() if scope is Scope.FULL or not standing.settled
        }

    @calmly
    @given(ITEMS, ANSWERS)
    def test_nothing_is_asked_and_listed_as_known_at_once(
        self, items: list[Item], answers: dict[str, Answer]
    ) -> None:
        try:
            asked = rules.to_ask(items, answers, NOW, step_of=step_of)
        except rules.NothingToAsk:
            asked = ()
        known = rules.carried_over(items, answers, asked, NOW, NOW)
        assert {one.item.id for one in known} & set(asked) == set()
        assert {one.item.id for one in known} | set(asked) == {one.id for one in items}
        assert rules.carried_over(items, answers, asked, NOW - timedelta(days=999), NOW) == ()

    def test_without_a_framework_the_checklist_s_own_order_counts(self) -> None:
        items = [item("b", step="testing"), item("a", step="goals")]
        assert rules.to_ask(items, {}, NOW) == ("b", "a")


def back(one: Interview) -> Interview:
    before = rules.item_before(one, set(IDS))
    return rules.reopen(one, before, NOW) if before else one


def forward(one: Interview, item_id: str) -> Interview:
    return rules.bring_forward(one, item_id, NOW) if one.state is InterviewState.OPEN else one


Turn = Callable[[Interview, str], Interview]
TURNS: dict[str, Turn] = {
    "pass": lambda one, item_id: rules.pass_item(one, item_id, NOW),
    "pass the open one": lambda one, _: rules.pass_item(one, one.open_item_id or "", NOW),
    "hand over": lambda one, item_id: rules.hand_over(one, item_id, NOW),
    "hand the open one over": lambda one, _: rules.hand_over(one, one.open_item_id or "", NOW),
    "answered by the other": rules.no_longer_handed,
    "take back": rules.take_back,
    "follow up": lambda one, _: rules.follow_up(one),
    "back": lambda one, _: back(one),
    "bring forward": forward,
    "everything": lambda one, _: rules.rescope(one, Scope.FULL, IDS),
    "only some": lambda one, item_id: rules.rescope(one, Scope.MISSING, tuple({item_id, IDS[0]})),
}


WAYS = st.lists(st.tuples(st.sampled_from(sorted(TURNS)), st.sampled_from(IDS)), max_size=30)


def walk(ways: list[tuple[str, str]]) -> list[Interview]:
    steps = [interview()]
    for name, item_id in ways:
        steps.append(TURNS[name](steps[-1], item_id))
    return steps


class TestTurns:
    @calmly
    @given(WAYS)
    def test_whatever_people_do_the_rows_stay_sound(self, ways: list[tuple[str, str]]) -> None:
        for now in walk(ways):
            assert len(set(now.asked)) == len(now.asked)
            assert len(set(now.passed)) == len(now.passed)
            assert set(now.handed) <= set(IDS)
            assert now.open_item_id is None or now.open_item_id not in now.passed
            assert now.open_item_id is None or now.open_item_id not in now.handed
            progress = rules.progress(now)
            assert 0 <= progress.passed <= progress.total == len(now.asked)
            assert progress.seconds_left >= 0

    @calmly
    @given(WAYS)
    def test_an_interview_is_over_exactly_when_nothing_is_left_to_ask(
        self, ways: list[tuple[str, str]]
    ) -> None:
        for now in walk(ways):
            if now.state is InterviewState.DONE:
                assert now.open_item_id is None
            else:
                assert now.open_item_id is not None

    @calmly
    @given(WAYS)
    def test_only_a_follow_up_follows_up(self, ways: list[tuple[str, str]]) -> None:
        steps = walk(ways)
        for (name, _), before, now in zip(ways, steps, steps[1:], strict=False):
            if now.followed_up and not before.followed_up:
                assert name == "follow up"
            if now.open_item_id != before.open_item_id:
                assert not now.followed_up

    @calmly
    @given(WAYS)
    def test_a_step_back_is_undone_by_answering(self, ways: list[tuple[str, str]]) -> None:
        now = walk(ways)[-1]
        before = rules.item_before(now, set(IDS))
        if before is None:
            return
        again = rules.reopen(now, before, NOW)
        assert again.open_item_id == before
        assert rules.pass_item(again, before, NOW).open_item_id == now.open_item_id

    @calmly
    @given(WAYS, st.sampled_from(IDS))
    def test_what_is_brought_forward_is_asked_and_then_it_goes_on(
        self, ways: list[tuple[str, str]], item_id: str
    ) -> None:
        now = walk(ways)[-1]
        if now.state is not InterviewState.OPEN or now.open_item_id == item_id:
            return
        ahead = rules.bring_forward(now, item_id, NOW)
        assert ahead.open_item_id == item_id
        assert rules.pass_item(ahead, item_id, NOW).open_item_id == now.open_item_id

    @calmly
    @given(WAYS, st.sampled_from(IDS))
    def test_what_is_taken_back_comes_right_after_the_open_question(
        self, ways: list[tuple[str, str]], item_id: str
    ) -> None:
        now = walk(ways)[-1]
        back_again = rules.take_back(now, item_id)
        assert item_id not in back_again.handed
        assert back_again.open_item_id == now.open_item_id
        if item_id in now.handed and now.state is InterviewState.OPEN and item_id in now.asked:
            after = rules.pass_item(back_again, now.open_item_id or "", NOW)
            assert after.open_item_id == item_id

    def test_an_interview_that_is_over_is_not_opened_again_by_a_scope(self) -> None:
        over = interview().model_copy(update={"state": InterviewState.STOPPED})
        assert rules.rescope(over, Scope.FULL, IDS).state is InterviewState.STOPPED


class TestEstimate:
    def test_the_kinds_are_guessed_until_they_are_measured(self) -> None:
        items = {one: item(one, kind=kind) for one, kind in zip(IDS, AnswerKind, strict=False)}
        guessed = rules.progress(interview(), items).seconds_left
        assert guessed == sum(rules.SECONDS[one.kind] for one in items.values())
        measured = rules.progress(interview(), items, dict.fromkeys(IDS, 10.0)).seconds_left
        assert measured == 10 * len(IDS)
        confirmed = rules.progress(interview(), items, {}, set(IDS)).seconds_left
        assert confirmed == rules.SECONDS_TO_CONFIRM * len(IDS)

    @pytest.mark.parametrize(
        ("seconds", "minutes"), [(0, 0), (59.9, 0), (60, 1), (61, 2), (119, 2), (120, 2), (121, 3)]
    )
    def test_minutes_are_rounded_up_and_less_than_one_is_none(self, seconds: float, minutes: int) -> None:
        assert rules.Progress(passed=0, total=1, seconds_left=seconds).minutes_left == minutes

    @calmly
    @given(st.integers(-100, 10_000))
    def test_nobody_takes_longer_than_ten_minutes(self, seconds: int) -> None:
        taken = rules.seconds_taken(interview(), NOW + timedelta(seconds=seconds))
        assert taken is None if seconds <= 0 else taken == min(seconds, 600)

    def test_every_kind_has_a_guess(self) -> None:
        assert set(rules.SECONDS) == set(AnswerKind)


class TestSkipped:
    def test_what_was_passed_without_an_answer_is_skipped_unless_somebody_was_asked(self) -> None:
        now = interview().model_copy(update={"passed": IDS[:4], "handed": (IDS[3],)})
        given_ = {IDS[0]: answer(IDS[0], Status.NOT_YET), IDS[1]: answer(IDS[1], Status.SKIPPED)}
        assert rules.skipped(now, given_) == (IDS[1], IDS[2])


class TestConfirming:
    @pytest.mark.parametrize(
        "words",
        ["yes", "Yes!", "Still true", "that's still the case", "yes, no change", "same as before", "Nothing has changed.",
         "unchanged", "stimmt noch", "Ja, gilt weiterhin", "👍", "ok", "All still true", "as before", "it is still in place"],
    )  # fmt: skip
    def test_words_that_only_confirm(self, words: str) -> None:
        assert confirming.confirms(words)

    @pytest.mark.parametrize(
        "words",
        ["", "no", "yes, but only for refunds", "still true for refunds only", "not true any more", "the same team, new runbook",
         "yes https://a.example", "still working on it", "same", "trueish", "yes?? who says so", "unchanged since the outage"],
    )  # fmt: skip
    def test_words_that_say_more_do_not(self, words: str) -> None:
        assert confirming.confirms(words) is (words == "same")

    @calmly
    @given(st.text(max_size=200))
    def test_it_never_fails(self, words: str) -> None:
        assert confirming.confirms(words) in {True, False}

    def test_known_is_what_once_was_settled(self) -> None:
        old = answer("a", Status.IN_PLACE, days_ago=200)
        assert rules.is_confirmed(item("a"), stands(item("a"), old, NOW))
        assert not rules.is_confirmed(item("a"), stands(item("a"), answer("a", Status.PARTLY), NOW))
        assert not rules.is_confirmed(item("a"), stands(item("a"), None, NOW))
