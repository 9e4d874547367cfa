"""Answers outside the turn, without Slack: what forms of each kind say, plans, links, history, the list of all."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.answers import errors, workflow
from bot.answers.filled import Filled, FilledPlan
from bot.answers.forms import answer_form, evidence_form, key_of, plan_form
from bot.answers.kinds import NO_GROUPS, Groups
from bot.answers.names import About
from bot.answers.reading import FORM_TAKES
from bot.answers.views import Listed, history_view, list_view
from bot.domain.actions import ActionState
from bot.domain.answers import Answer, Plan, Reading, Status, Value
from bot.domain.conversations import Interview
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.domain.readiness import verdict
from bot.domain.waivers import Waiver, WaiverState
from bot.interview import errors as interview_errors, shown, workflow as interviews
from bot.pilots import errors as pilot_errors, workflow as pilots
from bot.pilots.errors import FieldsRefused
from bot.slack.blocks import Choice
from bot.stages import workflow as stages
from prompts.library import Library
from storage.transaction import Tx

from .books import NO_PLAN
from .conftest import GONE, GUEST, JONAS, MAYA, PRIYA, WORKSPACE, House, registration, words_of

KINDS = Path(__file__).parents[1] / "playbook_kinds"
WIKI = "https://wiki.northwind.example/cost"


@pytest.fixture(scope="module")
def kinds() -> Library:
    return Library.load(KINDS)


@pytest.fixture
def house(house: House, kinds: Library) -> House:
    house.library = kinds
    return house


@pytest.fixture
def pilot(house: House) -> Pilot:
    return house.do(pilots.register, MAYA, registration())


def filled(**entered: Any) -> Filled:
    nothing: dict[str, Any] = {
        "status": "in_place", "typed": "", "chosen": (), "unit": "", "words": "", "links": "", "who": None, "by": None,
    }  # fmt: skip
    return Filled(**(nothing | entered))


def write(house: House, pilot: Pilot, item_id: str, actor: str = MAYA, **entered: Any) -> Answer:
    return house.do(workflow.write, actor, About(pilot.id, item_id), filled(**entered))


def refused(house: House, pilot: Pilot, item_id: str, **entered: Any) -> dict[str, str]:
    """Return what is said at which field."""
    with pytest.raises(FieldsRefused) as found:
        write(house, pilot, item_id, **entered)
    return {one.field: one.sentence for one in found.value.fields}


def answer_of(house: House, pilot: Pilot, item_id: str) -> Answer:
    return house.store.read_sync(lambda tx: tx.answers.current(pilot.id))[item_id]


def form_of(house: House, pilot: Pilot, item_id: str, groups: Groups = NO_GROUPS) -> dict[str, Any]:
    about = About(pilot.id, item_id)
    asked = house.do(workflow.look_at, MAYA, about)
    return answer_form(house.library, asked.pilot, asked.item, asked.answer, about, asked.words, groups)


def element(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(block for block in view["blocks"] if block["block_id"] == block_id)[
        "element"
    ]
    return found


EACH_KIND: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (
        "number",
        {"typed": "120.5"},
        {"number": Decimal("120.5"), "unit": "cases a week"},
        "120.5 cases a week",
    ),
    ("money", {"typed": "0.11", "unit": "CHF"}, {"number": Decimal("0.11"), "unit": "CHF"}, "0.11"),
    ("percentage", {"typed": "62"}, {"number": Decimal(62), "unit": "%"}, "62 %"),
    ("date", {"chosen": ("2026-03-03",)}, {"on": date(2026, 3, 3)}, "3 March 2026"),
    ("link", {"typed": WIKI}, {"ids": (WIKI,)}, "wiki.northwind.example"),
    ("person", {"chosen": (PRIYA,)}, {"ids": (PRIYA,)}, "@Priya"),
    ("group", {"chosen": ("S0PAYMENTS",)}, {"ids": ("S0PAYMENTS",)}, ""),
    ("choice", {"chosen": ("live",)}, {"ids": ("live",)}, "Live connection"),
    ("region", {"chosen": ("r11",)}, {"ids": ("r11",)}, "Region 11"),
    ("choices", {"chosen": ("input", "person")}, {"ids": ("input", "person")}, "What came in"),
    ("languages", {"chosen": ("l1", "l12")}, {"ids": ("l1", "l12")}, "Language 1"),
]


def test_each_kind_is_read_from_its_own_field_and_shown_there_again(house: House, pilot: Pilot) -> None:
    groups = Groups((Choice("@gate-approvers", "S0GATE"), Choice("@payments-ops", "S0PAYMENTS")))
    for item_id, entered, expected, said in EACH_KIND:
        answer = write(house, pilot, item_id, **entered)
        item = house.library.playbook.item(item_id)
        assert item
        assert answer.status is Status.IN_PLACE
        assert answer.value == Value(kind=item.kind, **expected)
        assert said in answer.detail
        assert answer_of(house, pilot, item_id) == answer
        again = form_of(house, pilot, item_id, groups)
        shown_again = repr(element(again, "value"))
        assert "initial" in shown_again
        assert all(part in shown_again for part in (entered.get("typed", ""), *entered.get("chosen", ())))
        assert element(again, "detail").get("initial_value", "") == "", (
            "words that repeat the value are not words"
        )


def test_words_alone_answer_what_asks_for_words_or_for_a_status(house: House, pilot: Pilot) -> None:
    for item_id in ("status", "text"):
        answer = write(house, pilot, item_id, words="Payments Operations used it on 3 March, see the log.")
        assert (answer.value, answer.concern) == (None, None)
        assert element(form_of(house, pilot, item_id), "detail")["initial_value"] == answer.detail


def test_words_beside_a_value_are_kept_and_a_link_among_the_evidence(house: House, pilot: Pilot) -> None:
    answer = write(
        house,
        pilot,
        "money",
        typed="0.11",
        unit="EUR",
        words="Finance has agreed.",
        links=f"{WIKI}\nhttps://b.example/x",
    )
    assert answer.detail == "Finance has agreed."
    assert answer.evidence == (WIKI, "https://b.example/x")
    again = form_of(house, pilot, "money")
    assert element(again, "detail")["initial_value"] == "Finance has agreed."
    assert element(again, "evidence")["initial_value"] == f"{WIKI}\nhttps://b.example/x"
    assert element(again, "unit")["initial_option"]["value"] == "EUR"


def test_the_address_of_a_link_is_its_evidence_but_stands_in_the_form_once(
    house: House, pilot: Pilot
) -> None:
    answer = write(house, pilot, "link", typed=WIKI, links="https://b.example/x")
    assert answer.evidence == (WIKI, "https://b.example/x")
    assert element(form_of(house, pilot, "link"), "evidence")["initial_value"] == "https://b.example/x"


def test_a_value_written_into_the_words_is_understood_and_a_stranger_can_only_be_named(
    house: House, pilot: Pilot
) -> None:
    cents = write(house, pilot, "money", unit="EUR", words="11 cents a case, agreed with Finance")
    assert cents.value
    assert (cents.value.number, cents.value.unit) == (Decimal("0.11"), "EUR")
    assert cents.detail == "11 cents a case, agreed with Finance"
    team = write(house, pilot, "group", words="Payments Operations, who are not in Slack")
    assert (team.status, team.value) == (Status.IN_PLACE, None)
    assert set(refused(house, pilot, "number", words="quite a lot of them")) == {"value"}


def test_what_claims_to_be_there_has_to_be_given(house: House, pilot: Pilot) -> None:
    for item_id in ("number", "money", "percentage", "date", "link", "person", "group", "choice", "choices"):
        assert set(refused(house, pilot, item_id)) == {"value"}
        assert write(house, pilot, item_id, status="not_yet").value is None


def test_everything_wrong_is_said_at_once_each_at_its_field(house: House, pilot: Pilot) -> None:
    wrong = refused(
        house,
        pilot,
        "money",
        status="partly",
        typed="12,5 or so",
        links="ftp://x.example\nwiki",
        by="2026-11-22",
        who=GONE,
    )
    assert set(wrong) == {"value", "evidence", "by", "who"}
    assert "“ftp://x.example”" in wrong["evidence"]
    assert "“in the wiki”" in refused(house, pilot, "text", words="x", links="in the wiki")["evidence"]
    assert refused(house, pilot, "money", typed="12").keys() == {"unit"}
    assert refused(house, pilot, "choice", status="", chosen=("cut off",)).keys() == {"status", "value"}
    assert refused(house, pilot, "text").keys() == {"detail"}
    assert refused(house, pilot, "date", chosen=("2026-02-30",)).keys() == {"value"}
    assert refused(house, pilot, "person", chosen=(GONE,)).keys() == {"value"}
    assert house.store.read_sync(lambda tx: tx.answers.current(pilot.id)) == {}


def test_does_not_apply_needs_a_reason_and_has_no_value(house: House, pilot: Pilot) -> None:
    assert refused(house, pilot, "number", status="not_applicable", typed="12").keys() == {"detail"}
    with pytest.raises(interview_errors.ReasonForNotApplicable):
        write(house, pilot, "number", status="not_applicable", words="no")
    answer = write(
        house, pilot, "number", status="not_applicable", typed="12", words="It is a batch job without users."
    )
    assert (answer.status, answer.value) == (Status.NOT_APPLICABLE, None)


def test_partly_and_not_yet_take_who_and_by_when_which_becomes_an_action(house: House, pilot: Pilot) -> None:
    answer = write(
        house, pilot, "number", status="partly", who=JONAS, by="2026-12-12", words="Counted by hand so far."
    )
    assert answer.plan == Plan(who=JONAS, by=date(2026, 12, 12))
    action = house.store.read_sync(lambda tx: tx.actions.open_of_pilot(pilot.id))["number"]
    assert (action.owner_id, action.due_on, action.what) == (
        JONAS,
        date(2026, 12, 12),
        "find out and write it down",
    )
    again = form_of(house, pilot, "number")
    assert element(again, "who")["initial_user"] == JONAS
    assert element(again, "by")["initial_date"] == "2026-12-12"
    house.later(days=60)
    write(
        house, pilot, "number", status="partly", who=JONAS, by="2026-12-12", words="Nearly."
    )  # a day that was agreed may stay
    write(house, pilot, "number", typed="4000")
    assert house.store.read_sync(lambda tx: tx.actions.open_of_pilot(pilot.id)) == {}
    (closed,) = house.store.read_sync(lambda tx: tx.actions.of_pilot(pilot.id))
    assert closed.state is ActionState.DONE


def test_the_form_settles_the_open_question_and_the_old_revision_stays(house: House, pilot: Pilot) -> None:
    started = house.do(interviews.start, MAYA, pilot.id)
    first = started.open_item_id
    assert first == "status"
    write(house, pilot, first, actor=JONAS, words="The on-call team used it on 3 March 2026.")
    held = house.store.read_sync(lambda tx: tx.interviews.get(WORKSPACE, started.id))
    assert isinstance(held, Interview)
    assert held.passed == (first,)
    assert "used it on 3 March" in house.words(shown.question_key(started.id, first))
    write(house, pilot, first, status="not_yet", words="It was another one.")
    assert "It was another one." in house.words(shown.question_key(started.id, first))
    history = house.store.read_sync(lambda tx: tx.answers.history(pilot.id, first))
    assert [(one.revision, one.answered_by, one.status) for one in history] == [
        (1, JONAS, Status.IN_PLACE),
        (2, MAYA, Status.NOT_YET),
    ]


def test_a_form_for_the_open_question_is_asked_about_once_more_like_a_reply_and_then_taken(
    house: House, pilot: Pilot
) -> None:
    started = house.do(interviews.start, MAYA, pilot.id)
    vague = write(house, pilot, "status", words="the team")
    held = house.store.read_sync(lambda tx: tx.interviews.get(WORKSPACE, started.id))
    assert held
    assert held.followed_up
    assert held.open_item_id == "status"
    assert vague.interview_id == started.id
    again = write(house, pilot, "status", words="still the team")
    held = house.store.read_sync(lambda tx: tx.interviews.get(WORKSPACE, started.id))
    assert held
    assert held.passed == ("status",)
    assert again.detail == "still the team", "the form holds all words, so none are put before them"


def test_words_that_say_nothing_are_kept_and_marked(house: House, pilot: Pilot) -> None:
    assert write(house, pilot, "status", words="the team").concern is not None
    assert write(house, pilot, "status", words="the team", links=WIKI).concern is None


def test_words_too_long_for_the_form_stay_unless_new_ones_are_written(house: House, pilot: Pilot) -> None:
    long = "The runbook covers the five usual failures. " * 100
    write(house, pilot, "status", words=long)
    again = form_of(house, pilot, "status")
    assert len(long) > FORM_TAKES
    assert "initial_value" not in element(again, "detail")
    assert "too long" in words_of(again)
    assert write(house, pilot, "status", words="").detail == long
    assert write(house, pilot, "status", words="Short.").detail == "Short."


def test_links_too_many_for_the_form_stay_unless_new_ones_are_written(house: House, pilot: Pilot) -> None:
    many = [f"https://wiki.northwind.example/{n}/{'x' * 100}" for n in range(40)]
    for some in (many[:20], many):
        answer = answers_so_far(house, pilot)
        keep = tuple(key_of(link) for link in answer.evidence) if answer else ()
        if answer is None:
            write(house, pilot, "status", words="See these.", links="\n".join(some))
        else:
            house.do(workflow.change_links, MAYA, About(pilot.id, "status"), keep, "\n".join(some[20:]))
    assert len(answer_of(house, pilot, "status").evidence) == 40
    assert "initial_value" not in element(form_of(house, pilot, "status"), "evidence")
    assert len(write(house, pilot, "status", words="See these.").evidence) == 40


def answers_so_far(house: House, pilot: Pilot) -> Answer | None:
    return house.store.read_sync(lambda tx: tx.answers.current(pilot.id)).get("status")


def test_a_red_flag_is_answered_the_other_way_round(house: House, pilot: Pilot) -> None:
    form = form_of(house, pilot, "copying")
    options = {one["value"]: one["text"]["text"] for one in element(form, "status")["options"]}
    assert options == {
        "in_place": "No", "partly": "In some cases", "not_yet": "Yes", "not_applicable": "Does not apply",
    }  # fmt: skip


def test_a_form_for_groups_lists_a_hundred_and_says_that_there_are_more(house: House, pilot: Pilot) -> None:
    write(house, pilot, "group", chosen=("S0000149",))
    groups = Groups(tuple(Choice(f"@team-{n:03}", f"S{n:07}") for n in range(150)))
    form = form_of(house, pilot, "group", groups)
    assert len(element(form, "value")["options"]) == 100
    assert element(form, "value")["initial_option"]["value"] == "S0000149"
    assert "50 more groups could not be listed" in words_of(form)
    assert "no user groups" in words_of(form_of(house, pilot, "group"))
    assert "did not list" in words_of(form_of(house, pilot, "group", Groups(known=False)))


def test_who_may_not_answer_is_refused_when_the_form_opens_and_when_it_comes_back(
    house: House, pilot: Pilot
) -> None:
    about = About(pilot.id, "status")
    with pytest.raises(interview_errors.MayNotAnswer):
        house.do(workflow.look_at, GUEST, about)
    with pytest.raises(interview_errors.MayNotAnswer):
        write(house, pilot, "status", actor=GUEST, words="x")
    with pytest.raises(interview_errors.ItemGone):
        house.do(workflow.look_at, MAYA, About(pilot.id, "no-such-item"))
    with pytest.raises(pilot_errors.PilotGone):
        house.do(workflow.look_at, MAYA, About("forged", "status"))
    house.do(stages.retire, MAYA, pilot.id, "It did not help anybody.", "Ask earlier.")
    for work in (workflow.look_at, workflow.with_links, workflow.history):
        with pytest.raises(pilot_errors.PilotRetired):
            house.do(work, MAYA, about)
    with pytest.raises(pilot_errors.PilotRetired):
        write(house, pilot, "status", words="x")


def plan(house: House, pilot: Pilot, item_id: str, **entered: Any) -> None:
    nothing: dict[str, Any] = {"what": "", "who": None, "who_said": "", "by": None}
    house.do(workflow.plan, MAYA, About(pilot.id, item_id), FilledPlan(**(nothing | entered)))


def test_a_date_can_be_set_beside_a_gap_that_nobody_has_answered(house: House, pilot: Pilot) -> None:
    plan(house, pilot, "status", what="Write it", who_said="the platform team", by="2026-12-12")
    answer = answer_of(house, pilot, "status")
    assert (answer.status, answer.detail) == (Status.NOT_YET, "")
    assert answer.plan == Plan(what="Write it", who_said="the platform team", by=date(2026, 12, 12))
    plan(house, pilot, "status", what="Write it", who=JONAS, by="2026-12-13")
    assert answer_of(house, pilot, "status").plan == Plan(what="Write it", who=JONAS, by=date(2026, 12, 13))
    action = house.store.read_sync(lambda tx: tx.actions.open_of_pilot(pilot.id))["status"]
    assert (action.what, action.owner_id, action.due_on) == ("Write it", JONAS, date(2026, 12, 13))


def test_a_group_that_takes_the_step_stays_until_somebody_else_is_named(house: House, pilot: Pilot) -> None:
    about = About(pilot.id, "status")
    by_group = Reading(status=Status.PARTLY, detail="Half of it.", plan=Plan(who="S0PAYMENTS"))
    house.do(interviews.change_answer, MAYA, pilot.id, "status", by_group)
    assert "<!subteam^S0PAYMENTS>" in words_of(form_of(house, pilot, "status"))
    write(house, pilot, "status", status="partly", words="Most of it.")
    plan(house, pilot, "status", what="Write it", by="2026-12-12")
    agreed = answer_of(house, pilot, "status").plan
    assert agreed == Plan(what="Write it", who="S0PAYMENTS", by=date(2026, 12, 12))
    asked = house.do(workflow.look_at, MAYA, about)
    form = plan_form(house.library, asked.pilot, asked.item, asked.plan, about)
    assert "<!subteam^S0PAYMENTS>" in words_of(form)
    plan(house, pilot, "status", what="Write it", who_said="the platform team")
    assert answer_of(house, pilot, "status").plan == Plan(what="Write it", who_said="the platform team")


def test_a_plan_keeps_what_was_answered(house: House, pilot: Pilot) -> None:
    write(house, pilot, "number", status="partly", typed="40", words="Counted by hand so far.", links=WIKI)
    plan(house, pilot, "number", what="Count it", by="2026-12-12")
    answer = answer_of(house, pilot, "number")
    assert (answer.status, answer.detail, answer.evidence) == (
        Status.PARTLY,
        "Counted by hand so far.",
        (WIKI,),
    )
    assert answer.value == Value(kind=AnswerKind.NUMBER, number=Decimal(40), unit="cases a week")


def test_a_fresh_look_at_what_is_in_place_is_planned_without_taking_it_back(
    house: House, pilot: Pilot
) -> None:
    before = write(house, pilot, "number", typed="40")
    plan(house, pilot, "number", what="Count again", who=JONAS)
    assert answer_of(house, pilot, "number") == before
    assert house.store.read_sync(lambda tx: tx.actions.open_of_pilot(pilot.id))["number"].owner_id == JONAS


def test_a_plan_without_anybody_and_any_day_is_refused_and_so_is_a_day_that_is_over(
    house: House, pilot: Pilot
) -> None:
    for entered, fields in (({}, {"who"}), ({"by": "2020-01-01", "who": GONE}, {"by", "who"})):
        with pytest.raises(FieldsRefused) as found:
            plan(house, pilot, "status", what="Write it", **entered)
        assert {one.field for one in found.value.fields} == fields


def test_links_are_added_and_taken_away_and_the_rest_of_the_answer_stays(house: House, pilot: Pilot) -> None:
    about = About(pilot.id, "status")
    with pytest.raises(errors.NotAnsweredYet):
        house.do(workflow.with_links, MAYA, about)
    write(house, pilot, "status", words="See these.", links=f"{WIKI}\nhttps://b.example/x")
    asked = house.do(workflow.with_links, MAYA, about)
    form = evidence_form(house.library, asked.pilot, asked.item, workflow.given(asked), about)
    assert len(element(form, "keep")["initial_options"]) == 2
    kept = (element(form, "keep")["options"][1]["value"],)
    answer = house.do(workflow.change_links, JONAS, about, kept, "https://c.example")
    assert answer.evidence == ("https://b.example/x", "https://c.example")
    assert (answer.detail, answer.answered_by, answer.revision) == ("See these.", JONAS, 2)
    with pytest.raises(FieldsRefused) as found:
        house.do(workflow.change_links, JONAS, about, kept, "in the wiki")
    assert [one.field for one in found.value.fields] == ["add"]
    assert house.do(workflow.change_links, JONAS, about, (), "").concern is not None, (
        "nothing shows it any more"
    )


def test_the_history_of_two_hundred_revisions_is_read_page_by_page(house: House, pilot: Pilot) -> None:
    about = About(pilot.id, "status")
    with pytest.raises(errors.NoHistoryYet):
        house.do(workflow.history, MAYA, about)
    one = write(house, pilot, "status", words="Version 0 of 3 March.")

    def many(tx: Tx) -> None:
        for n in range(1, 200):
            tx.answers.record(one.model_copy(update={"detail": f"Version {n} of 3 March."}))

    house.store.write_sync(many)
    _, item, revisions = house.do(workflow.history, MAYA, about)
    first = history_view(house.library, pilot, item, revisions, 0)
    assert "Version 199" in words_of(first)
    assert "Version 179" not in words_of(first)
    last = history_view(house.library, pilot, item, revisions, 99)
    assert "Version 0 " in words_of(last)
    assert "Page 10 of 10" in words_of(last)


def test_the_list_of_two_hundred_items_is_read_page_by_page(house: House, pilot: Pilot) -> None:
    playbook = house.library.playbook
    some = playbook.checklists[0].items[0]
    many = tuple(some.model_copy(update={"id": f"item-{n}", "title": f"Item {n}"}) for n in range(200))
    longer = playbook.model_copy(
        update={"checklists": (playbook.checklists[0].model_copy(update={"items": many}),)}
    )
    house.library = Library(longer, house.library.templates)
    write(house, pilot, "item-7", words="In use since 3 March 2026.")
    _, listed = house.do(workflow.all_answers, MAYA, pilot.id)
    assert len(listed) == 200
    first = list_view(house.library, pilot, listed, 0)
    assert "In use since 3 March" in words_of(first)
    assert "200 questions, 199 of them still open" in words_of(first)
    assert all(len(list_view(house.library, pilot, listed, page)["blocks"]) <= 100 for page in range(5))
    assert "Item 199" in words_of(list_view(house.library, pilot, listed, 4))


def test_the_list_holds_what_the_next_gate_asks_and_what_was_answered_before(
    house: House, pilot: Pilot, library: Library
) -> None:
    house.library = library  # with several gates
    write(house, pilot, "rollback", words="Tried on 3 March 2026 by Jonas.")
    house.store.write_sync(lambda tx: tx.pilots.move_if_at(pilot.id, "pilot", "production", house.now))
    _, listed = house.do(workflow.all_answers, MAYA, pilot.id)
    assert [one.standing.item.id for one in listed] == ["rollback"]


def test_the_list_says_what_is_waived_until_when(house: House, pilot: Pilot) -> None:
    item = house.library.playbook.checklists[0].items[0]
    waiver = Waiver(
        id="w", request_id="r", workspace_id=WORKSPACE, pilot_id=pilot.id, item_id=item.id, gate_id="kinds",
        reason="x", until=date(2026, 12, 12), asked_by=MAYA, asked_at=house.now, state=WaiverState.GRANTED,
    )  # fmt: skip
    (waived,) = verdict((item,), {}, house.now, waived={item.id: waiver}).items
    view = list_view(house.library, pilot, [Listed(standing=waived, checklist="Every kind")], 0)
    assert "waived until" in words_of(view)
    assert "none of them still open" in words_of(view)


@pytest.mark.parametrize(
    ("entered", "marked"),
    [
        ({"words": "Half of it"}, True),
        ({"words": "Half of it", "who": JONAS}, True),
        ({"words": "Half of it", "who": JONAS, "by": "2026-12-12"}, False),
        ({"words": "The platform team will do the rest by 12 December"}, False),
    ],
)
@pytest.mark.parametrize("status", ["partly", "not_yet"])
def test_what_nobody_does_by_any_day_is_marked_as_in_the_thread_and_not_asked_about(
    house: House, pilot: Pilot, status: str, entered: dict[str, Any], *, marked: bool
) -> None:
    book = house.library.playbook
    concerns = (NO_PLAN, *book.coaching.concerns)
    coaching = book.coaching.model_copy(update={"concerns": concerns})
    house.library = Library(
        book.model_copy(update={"coaching": coaching}), house.library.templates, house.library.earlier
    )
    interview = house.do(interviews.start, MAYA, pilot.id)
    item_id = interview.asked[0]
    given = write(house, pilot, item_id, status=status, **entered)
    assert given.concern == (NO_PLAN.id if marked else None)
    now = house.store.read_sync(lambda tx: tx.interviews.get(WORKSPACE, interview.id))
    assert now
    assert now.passed == (item_id,)


def test_a_day_that_the_form_takes_away_is_gone_from_the_next_step(house: House, pilot: Pilot) -> None:
    plan(house, pilot, "status", what="Write it", who=JONAS, by="2026-12-04")
    plan(house, pilot, "status", what="Write it", who=JONAS)
    action = house.store.read_sync(lambda tx: tx.actions.open_of_pilot(pilot.id))["status"]
    assert (action.owner_id, action.due_on) == (JONAS, None)
