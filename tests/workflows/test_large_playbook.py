"""200 questions of every kind and script, from the file to the last answer: Slack takes every message on the way."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.answers import views as answer_views, workflow as answers
from bot.desk import Desk
from bot.domain.answers import Reading, Status, Value
from bot.domain.conversations import Interview
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Fact, Item
from bot.exports import report as reports
from bot.interview import shown, workflow as interviews
from bot.pilots import workflow as pilots
from bot.portfolio import workflow as portfolio
from bot.posture import messages as posture_messages, workflow as posture
from bot.review import requesting, workflow as reviews
from prompts.library import Library
from sandbox.validator import problems_of_message, problems_of_view
from storage.store import Store
from tests.fresh import fresh_database
from tests.unit import large_playbook

from .conftest import BOARD, MAYA, PRIYA, House, _settle_in, registration


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library.load(large_playbook.write(tmp_path_factory.mktemp("large") / "playbook"))


@pytest.fixture
def house(tmp_path: Path, large: Library) -> Iterator[House]:
    with Store.open(fresh_database(tmp_path / "preflight.db")) as store:
        store.write_sync(_settle_in)
        yield House(store, large)


def value_of(item: Item) -> Value | None:
    """Return an answer's value, of the item's kind."""
    match item.kind:
        case AnswerKind.NUMBER | AnswerKind.MONEY | AnswerKind.PERCENTAGE:
            return Value(kind=item.kind, number=Decimal("1234567.891"), unit=item.unit)
        case AnswerKind.DATE:
            return Value(kind=item.kind, on=date(2026, 12, 2))
        case AnswerKind.LINK:
            return Value(kind=item.kind, ids=("https://wiki.example/" + "x" * 300,))
        case AnswerKind.PERSON:
            return Value(kind=item.kind, ids=(PRIYA,))
        case AnswerKind.GROUP:
            return Value(kind=item.kind, ids=("S0PAYMENTS",))
        case AnswerKind.CHOICE:
            return Value(kind=item.kind, ids=(item.options[-1].id,))
        case AnswerKind.CHOICES:
            return Value(kind=item.kind, ids=tuple(option.id for option in item.options))
    return None


def answered(item: Item, number: int) -> Reading:
    status = (Status.IN_PLACE, Status.IN_PLACE, Status.PARTLY, Status.NOT_YET, Status.NOT_APPLICABLE)[
        number % 5
    ]
    reason = "It only drafts texts and writes to no system. " if status is Status.NOT_APPLICABLE else ""
    words = reason + item.question * 8
    return Reading(status=status, detail=words, value=value_of(item), evidence=("https://a.example/b",))


def check_messages(house: House) -> None:
    for message in house.touched:
        assert problems_of_message(message.body) == [], message.key


def check_view(view: dict[str, Any]) -> None:
    assert problems_of_view(view) == []


def answer_everything(desk: Desk, pilot_id: str) -> None:
    for number, item in enumerate(desk.playbook.checklists[0].items):
        interviews.take_answer(desk, pilot_id, item.id, answered(item, number))


def everything_in_place(desk: Desk, pilot_id: str) -> None:
    for item in desk.playbook.checklists[0].items:
        reading = Reading(status=Status.IN_PLACE, detail=item.question, evidence=("https://a.example/b",))
        interviews.take_answer(desk, pilot_id, item.id, reading)


def answer_turn_by_turn(house: House, pilot: Pilot, interview: Interview, turns: int) -> None:
    for number in range(turns):
        now = house.store.read_sync(lambda tx: tx.interviews.get(interview.workspace_id, interview.id))
        item = house.library.playbook.item(now.open_item_id or "") if now else None
        assert item, "there is always a question until all are answered"
        house.do(interviews.take_answer, MAYA, pilot.id, item.id, answered(item, number))
        check_messages(house)


def test_two_hundred_questions_of_every_kind_are_asked_answered_summed_up_and_reported(house: House) -> None:
    pilot = house.do(pilots.register, MAYA, registration())
    check_messages(house)
    interview = house.do(interviews.start, MAYA, pilot.id)
    check_messages(house)
    house.deliver(shown.root_key(interview.id), "1000.000000")
    answer_turn_by_turn(house, pilot, interview, turns=5 * len(AnswerKind))
    house.do(answer_everything, MAYA, pilot.id)
    check_messages(house)
    assert house.message(shown.summary_key(interview.id))

    assert problems_of_message(house.do(portfolio.status_of, MAYA, pilot.id)) == []
    assert problems_of_message(house.do(portfolio.list_all, MAYA)) == []
    assert problems_of_message(house.do(portfolio.mine, MAYA)) == []
    check_view(house.do(portfolio.home, MAYA))
    facts = house.do(posture.show_of, MAYA, pilot.id)
    assert problems_of_message(posture_messages.posture_message(house.library, facts, share=True)) == []
    check_view(posture_messages.posture_view(house.library, facts))

    _, listed = house.do(answers.all_answers, MAYA, pilot.id)
    assert len(listed) == large_playbook.COUNT
    for page in range(30):
        check_view(answer_views.list_view(house.library, pilot, listed, page))
    file = house.do(reports.report, MAYA, pilot.id, {})
    given = house.store.read_sync(lambda tx: tx.answers.current(pilot.id))
    assert len(given) == large_playbook.COUNT
    assert file.content.count("https://a.example/b") >= large_playbook.COUNT - len(Fact)
    assert "<!channel>" not in file.content, "Markdown of answers is shown, not carried out"


def test_a_review_of_two_hundred_answers_is_a_card_that_slack_takes(house: House) -> None:
    pilot = house.do(pilots.register, MAYA, registration())
    house.do(everything_in_place, MAYA, pilot.id)
    check_messages(house)
    review = house.do(requesting.request, MAYA, pilot.id, BOARD)
    check_messages(house)
    assert house.message(reviews.card_key(review.id))
