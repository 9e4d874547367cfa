"""The message behind an answer is gone: what the rules make of it, without Slack."""

import pytest

from bot.answers import deleting, errors, shortcuts
from bot.answers.names import About, Shortcut
from bot.answers.picked import Picked
from bot.domain.answers import GONE, Answer, Status
from bot.domain.pilots import Pilot
from bot.interview import errors as interview_errors, shown, workflow as interviews
from bot.slack.events import MessageRemoved
from bot.stages import workflow as stages

from .conftest import GUEST, JONAS, MAYA, PRIYA, WORKSPACE, House

ELSEWHERE, TS = "C0ELSEWHERE", "1766000000.000100"
WORDS = "Yes, live since 3 March, see <https://wiki.northwind.example/feed>"


def pick(house: House, pilot: Pilot, item_id: str, what: Shortcut = Shortcut.ANSWER, ts: str = TS) -> Answer:
    picked = Picked(ELSEWHERE, ts, None, PRIYA, WORDS, ())
    return house.do(shortcuts.use, MAYA, what, picked, About(pilot.id, item_id), "item").answer


def delete(house: House, ts: str = TS) -> bool:
    removed = MessageRemoved(
        workspace_id=WORKSPACE,
        user_id=PRIYA,
        delivery=f"removed:{ELSEWHERE}:{ts}",
        channel_id=ELSEWHERE,
        ts=ts,
        thread_ts=None,
    )
    concerned = house.do(deleting.concerns_us, PRIYA, removed)
    house.do(deleting.ask_about, PRIYA, removed)
    return concerned


def current(house: House, pilot: Pilot, item_id: str) -> Answer:
    return house.store.read_sync(lambda tx: tx.answers.current(pilot.id))[item_id]


def line(house: House, pilot: Pilot, item_id: str) -> str:
    return house.words(f"answer:{pilot.id}:{item_id}:deleted")


def test_without_an_interview_the_question_stands_under_the_card(house: House, pilot: Pilot) -> None:
    answer = pick(house, pilot, "integration")
    assert line(house, pilot, "integration") == ""
    assert delete(house)
    assert "Keep the answer?" in line(house, pilot, "integration")
    house.do(deleting.keep, JONAS, pilot.id, "integration", answer.revision)
    assert "Keep the answer?" not in line(house, pilot, "integration")
    assert "✅" in line(house, pilot, "integration")
    kept = current(house, pilot, "integration")
    assert kept.evidence[-1] == f"https://northwind.example/archives/{ELSEWHERE}/p1766000000000100{GONE}"
    assert (kept.detail, kept.answered_by, kept.concern) == (answer.detail, MAYA, None)
    with pytest.raises(errors.AnsweredSince):
        house.do(deleting.take_back, JONAS, pilot.id, "integration", answer.revision)


def test_taken_back_without_an_interview_the_line_says_so(house: House, pilot: Pilot) -> None:
    answer = pick(house, pilot, "integration")
    delete(house)
    with pytest.raises(interview_errors.MayNotAnswer):
        house.do(deleting.take_back, GUEST, pilot.id, "integration", answer.revision)
    house.do(deleting.take_back, JONAS, pilot.id, "integration", answer.revision)
    assert "taken back" in line(house, pilot, "integration")
    assert (
        current(house, pilot, "integration").status,
        current(house, pilot, "integration").answered_by,
    ) == (
        Status.NOT_YET,
        JONAS,
    )
    assert not delete(house), "nothing stands on it any more"


def test_a_message_that_answers_two_items_asks_about_both(house: House, pilot: Pilot) -> None:
    started = house.do(interviews.start, MAYA, pilot.id)
    for item_id in ("integration", "rollback"):
        pick(house, pilot, item_id)
    assert delete(house)
    for item_id in ("integration", "rollback"):
        assert "Keep the answer?" in house.words(shown.question_key(started.id, item_id))


def test_evidence_that_is_all_there_was_leaves_a_concern_when_it_is_gone(house: House, pilot: Pilot) -> None:
    vague = pick(house, pilot, "integration", Shortcut.EVIDENCE, ts="1766000000.000900")
    assert (vague.status, vague.detail, vague.concern) == (Status.IN_PLACE, "", None)
    assert delete(house, "1766000000.000900")
    marked = current(house, pilot, "integration")
    assert [one.endswith(GONE) for one in marked.evidence] == [True]
    assert marked.concern is not None
    assert (marked.revision, marked.answered_at) == (2, vague.answered_at)
    assert not delete(house, "1766000000.000900") or current(house, pilot, "integration").revision == 2, (
        "once is enough"
    )


def test_a_retired_pilot_is_left_alone(house: House, pilot: Pilot) -> None:
    pick(house, pilot, "integration")
    house.do(stages.retire, MAYA, pilot.id, "It did not help anybody.", "Ask earlier.")
    delete(house)
    assert line(house, pilot, "integration") == ""


def test_other_messages_concern_nobody(house: House, pilot: Pilot) -> None:
    pick(house, pilot, "integration")
    assert not delete(house, "1766000000.000200")
