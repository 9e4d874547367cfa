"""A pilot's story: newest first, a page at a time, however long it is and whatever was written."""

import pytest

from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.values import Occasion
from bot.pilots import errors, workflow as pilots
from bot.portfolio import history
from bot.portfolio.history_messages import history_message
from bot.stages import workflow as stages
from sandbox.validator import problems_of_message
from storage.transaction import Tx

from .conftest import GUEST, JONAS, MAYA, PILOTS, WORKSPACE, House, registration, words_of


def shown(house: House, page: history.Page) -> Body:
    body = history_message(house.library, page)
    assert problems_of_message({"channel": PILOTS, **body}) == []
    return body


def record(house: House, pilot: Pilot, count: int, what: str = "answer.settled") -> None:
    def work(tx: Tx) -> None:
        at = Occasion(workspace_id=WORKSPACE, actor_id=JONAS, now=house.now)
        for number in range(count):
            after = {
                "item_id": "rollback",
                "status": "partly",
                "detail": f"<!channel> & {number} *bold*\n" * 90,
            }
            tx.audit.append(at, what, "pilot", pilot.id, None, after)

    house.store.write_sync(work, now=house.now)


def test_a_story_begins_with_its_end(house: House, pilot: Pilot) -> None:
    house.later(days=1)
    record(house, pilot, 1)
    house.later(days=1)
    house.do(stages.retire, MAYA, pilot.id, "Not worth it.", "Ask earlier.")
    page = house.do(history.page, MAYA, "refund TRIAGE", PILOTS)
    assert [one.what for one in page.told] == [
        "pilot.retired",
        "handover.superseded",
        "answer.settled",
        "handover.proposed",
        "pilot.registered",
    ]
    said = words_of(shown(house, page))
    assert "<@U0MAYA> ended the pilot: Not worth it." in said
    assert "&lt;!channel&gt; &amp; 0" in said
    assert "That is how it began." in said


def test_ten_thousand_entries_come_a_page_at_a_time_and_none_twice(house: House, pilot: Pilot) -> None:
    record(house, pilot, 10_000)
    page = house.do(history.page, MAYA, "", PILOTS)
    seen = len(page.told)
    before = page.older
    assert (seen, page.newest) == (history.PAGE, True)
    shown(house, page)
    for _ in range(3):
        page = house.do(history.page_before, MAYA, pilot.id, str(page.older))
        assert (len(page.told), page.newest) == (history.PAGE, False)
        assert page.older is not None
        assert before is not None
        assert page.older == before - history.PAGE
        before = page.older
    last = house.do(history.page_before, MAYA, pilot.id, "15")
    assert (len(last.told), last.older) == (14, None)
    assert "That is how it began." in words_of(shown(house, last))


@pytest.mark.parametrize("forged", ["", "x", "-3", "9" * 400, "٣", "1e9"])
def test_a_forged_page_is_the_newest_one(house: House, pilot: Pilot, forged: str) -> None:
    assert house.do(history.page_before, MAYA, pilot.id, forged).newest


def test_a_page_before_the_beginning_says_so(house: House, pilot: Pilot) -> None:
    page = house.do(history.page_before, MAYA, pilot.id, "0")
    assert page.told == ()
    assert "Nothing earlier is on the record." in words_of(shown(house, page))


def test_erased_words_are_told_as_erased(house: House, pilot: Pilot) -> None:
    record(house, pilot, 1)
    at = Occasion(workspace_id=WORKSPACE, actor_id=MAYA, now=house.now)
    house.store.write_sync(lambda tx: tx.audit.erase(WORKSPACE, range(1, 99), at))
    said = words_of(shown(house, house.do(history.page, MAYA, "", PILOTS)))
    assert "<@U0JONAS> answered a question · its words were erased" in said
    assert "registered it · its words were erased" in said


def test_facts_of_any_shape_are_borne(house: House, pilot: Pilot) -> None:
    odd = {
        "items": [1, None],
        "item": {},
        "status": 7,
        "detail": ["x"],
        "until": "soon",
        "quiet_days": "x",
        "to": "<!here>",
    }

    def work(tx: Tx) -> None:
        at = Occasion(workspace_id=WORKSPACE, actor_id="<!channel>", now=house.now)
        for what in (
            "answer.settled",
            "nudge.sent",
            "waiver.asked",
            "review.approved",
            "no.such_thing",
            "odd",
        ):
            tx.audit.append(
                at, what, "pilot", pilot.id, odd, odd | {"until": "2026-13-45", "stage": "no-such"}
            )

    house.store.write_sync(work, now=house.now)
    said = words_of(shown(house, house.do(history.page, MAYA, "", PILOTS)))
    assert "noted: no such thing" in said
    assert "<!" not in said.replace("<!date", "")


def test_guests_and_forged_pilots_are_refused(house: House, pilot: Pilot) -> None:
    with pytest.raises(errors.OnlyMembers):
        house.do(history.page, GUEST, "", PILOTS)
    with pytest.raises(errors.OnlyMembers):
        house.do(history.page_before, GUEST, pilot.id, "5")
    with pytest.raises(errors.PilotGone):
        house.do(history.page_before, MAYA, "nobody", "5")
    with pytest.raises(errors.NoSuchPilot):
        house.do(history.page, MAYA, "Something else", PILOTS)


def test_another_pilots_story_stays_its_own(house: House, pilot: Pilot) -> None:
    other = house.do(pilots.register, MAYA, registration(name="Invoice matching"))
    record(house, other, 3)
    told = house.do(history.page, MAYA, "Refund triage", PILOTS).told
    assert [one.what for one in told] == ["handover.proposed", "pilot.registered"]


def test_a_channel_that_was_reminded_is_named_as_one(house: House, pilot: Pilot) -> None:
    def work(tx: Tx) -> None:
        at = Occasion(workspace_id=WORKSPACE, actor_id="preflight", now=house.now)
        tx.audit.append(
            at, "nudge.sent", "pilot", pilot.id, None, {"to": PILOTS, "about": "quiet", "rung": 3}
        )

    house.store.write_sync(work, now=house.now)
    assert f"reminded <#{PILOTS}>" in words_of(shown(house, house.do(history.page, MAYA, "", PILOTS)))
