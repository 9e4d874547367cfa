"""Who does what by when, out of words, forms and second replies. The tables are in `replies_plans.py`."""

from datetime import date

import pytest

from bot.domain import coaching
from bot.domain.answers import Plan, Reading, Status
from bot.domain.coaching import Problem, Trouble
from bot.domain.text import escape

from . import coach, replies_plans as replies


def read(words: str, locale: str = "en-US", item_id: str = "monitoring") -> Reading:
    return coaching.read(words, coach.ITEMS[item_id], coach.COACHING, ear=coach.ear_in(locale))


def noted(plan: Plan | None) -> tuple[str, str]:
    if plan is None:
        return "", ""
    return plan.who or plan.who_said, plan.by.isoformat() if plan.by else ""


@pytest.mark.parametrize("row", replies.ALL, ids=lambda row: row.words[:60])
def test_a_plan_names_who_and_when_as_a_colleague_would(row: replies.Row) -> None:
    reading = read(row.words, row.locale)
    assert (*noted(reading.plan), reading.concern, reading.status) == (
        row.who,
        row.by,
        row.concern,
        row.status,
    )
    if row.what is not None:
        assert (reading.plan.what if reading.plan else "") == row.what


@pytest.mark.parametrize(
    ("first", "second", "who", "by", "concern", "status"), replies.SECOND, ids=lambda value: str(value)[:30]
)
def test_the_second_reply_completes_the_plan(
    first: str, second: str, who: str, by: str, concern: str | None, status: Status
) -> None:
    combined = coaching.combine(read(first), read(second))
    assert (*noted(combined.plan), combined.concern, combined.status) == (who, by, concern, status)


@pytest.mark.parametrize("item_id", ["sponsor", "owning-team", "cases", "scope"])
def test_a_plan_is_one_whatever_was_asked_for(item_id: str) -> None:
    reading = read("Tomás macht das bis nächsten Freitag", "de-DE", item_id)
    assert (reading.status, noted(reading.plan)) == (Status.NOT_YET, ("Tomás", "2026-11-27"))


def test_a_link_after_an_undecided_answer_is_kept() -> None:
    combined = coaching.combine(read("tbd"), read("<https://a.example/sponsor>"))
    assert combined.evidence == ("https://a.example/sponsor",)
    decided = coaching.combine(read("tbd", item_id="report"), read("<https://a.example/r>", item_id="report"))
    assert (decided.status, decided.concern) == (Status.IN_PLACE, None)


def test_a_day_without_its_year_that_is_well_over_is_the_next_one() -> None:
    february = coach.ear_in("en-US").model_copy(update={"today": date(2026, 2, 23)})
    for words, by in (("by 12 Jan", date(2027, 1, 12)), ("in January", date(2027, 1, 31))):
        plan = coaching.read(
            f"not yet, Jonas {words}", coach.ITEMS["monitoring"], coach.COACHING, ear=february
        ).plan
        assert plan is not None
        assert plan.by == by


def test_a_mention_is_a_person_and_a_name_is_words() -> None:
    mentioned = read("not yet, <@U0JON> by friday").plan
    named = read("not yet, Jonas by friday").plan
    assert mentioned == Plan(who="U0JON", by=date(2026, 11, 27))
    assert named == Plan(who_said="Jonas", by=date(2026, 11, 27))


def test_what_is_in_place_has_no_plan_and_still_completes_one() -> None:
    name = read("Jonas")
    assert name.status is Status.IN_PLACE
    assert name.plan is None
    assert coaching.combine(read("not yet, by 12 Dec"), name).plan == Plan(
        what="", who_said="Jonas", by=date(2026, 12, 12)
    )


def test_the_words_of_a_long_plan_are_cut_and_the_answer_keeps_them() -> None:
    reading = read("not yet, " + "the firewall has to be opened first, " * 60)
    assert reading.plan is not None
    assert len(escape(reading.plan.what)) <= 400
    assert reading.detail.count("firewall") == 60


def test_a_button_without_words_is_asked_for_the_plan_once() -> None:
    for status in (Status.PARTLY, Status.NOT_YET):
        button = coaching.read_button(status, coach.ITEMS["monitoring"], coach.COACHING)
        assert (button.concern, button.plan) == ("no_plan", None)
        combined = coaching.combine(button, read("Jonas, by 12 Dec"))
        assert combined.plan is not None
        assert combined.plan.complete
        assert (combined.status, combined.concern) == (status, None)


class TestPlanForm:
    EAR = coach.ear_in("en-US")

    def test_the_fields_are_taken_as_they_are(self) -> None:
        assert coaching.plan_form("open the  firewall", "U0JON", "2026-12-12") == Plan(
            what="open the firewall", who="U0JON", by=date(2026, 12, 12)
        )

    def test_a_name_is_words_and_me_is_whoever_speaks(self) -> None:
        assert coaching.plan_form(who="the platform team") == Plan(who_said="the platform team")
        assert coaching.plan_form(who="me", ear=self.EAR) == Plan(who=coach.SPEAKER)

    def test_nothing_is_a_plan_without_anything(self) -> None:
        assert coaching.plan_form() == Plan()

    @pytest.mark.parametrize(
        ("by", "trouble"), [("soon", Trouble.NOT_A_DATE), ("2026-02-31", Trouble.NOT_A_DATE)]
    )
    def test_a_day_that_is_none_is_said_so(self, by: str, trouble: Trouble) -> None:
        assert coaching.plan_form(by=by) == Problem(trouble=trouble)

    def test_a_step_that_is_too_long_is_said_so(self) -> None:
        assert coaching.plan_form("x" * 1001) == Problem(trouble=Trouble.TOO_LONG)
