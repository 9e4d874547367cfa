"""What people hear when they do something, and what Slack is told."""

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.domain.errors import AlreadySeen, Refusal
from bot.domain.messages import Body
from bot.metrics import Counters
from bot.slack import router as routing
from bot.slack.bolt import bolt_app
from bot.slack.dispatch import Dispatch
from bot.slack.failures import Terminal
from bot.slack.payloads import (
    ButtonClick,
    FormClosed,
    FormSubmission,
    HomeOpened,
    MembershipChanged,
    OtherEvent,
    PersonChanged,
    ShortcutUse,
    SlashCommand,
    ThreadMessage,
)
from bot.slack.router import FormAnswer, RegisteredTwice, Router, field_errors

TEAM = {"id": "T0001", "domain": "example"}
USER = {"id": "U0001", "team_id": "T0001"}
COMMAND = {
    "team_id": "T0001",
    "user_id": "U0001",
    "channel_id": "C0001",
    "command": "/pilot",
    "text": "status Refund triage",
    "trigger_id": "1.2.a",
    "response_url": "https://hooks.slack.com/commands/1",
}
CLICK = {
    "type": "block_actions",
    "team": TEAM,
    "user": USER,
    "channel": {"id": "C0001"},
    "message": {"ts": "1.1", "thread_ts": "1.0", "team": "T0001"},
    "trigger_id": "1.2.b",
    "response_url": "https://hooks.slack.com/actions/1",
    "actions": [{"type": "button", "action_id": "review.approve", "block_id": "b", "value": "r-1"}],
}
FORM = {
    "type": "view_submission",
    "team": TEAM,
    "user": USER,
    "view": {
        "id": "V1",
        "hash": "1.h",
        "type": "modal",
        "callback_id": "pilot.register",
        "private_metadata": "",
        "blocks": [{"type": "input", "block_id": "name"}, {"type": "input", "block_id": "bar"}],
        "state": {"values": {"name": {"name": {"value": "x"}}, "bar": {"bar": {"value": "y"}}}},
    },
}
MESSAGE = {
    "type": "message",
    "user": "U0001",
    "channel": "C0001",
    "ts": "1.5",
    "thread_ts": "1.0",
    "text": "hi",
}


def event(inner: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": "T0001", "event_id": "Ev1", "event": dict(inner)}


class Told:
    """Remembers what a person was told, and how."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    async def whisper(
        self,
        workspace_id: str,
        channel_id: str,
        user_id: str,
        said: Body | str,
        *,
        thread_ts: str | None = None,
        response_url: str | None = None,
    ) -> None:
        self.said.append((f"{channel_id}/{thread_ts}", str(said)))

    async def open_view(self, workspace_id: str, trigger_id: str, view: Mapping[str, Any]) -> str:
        self.said.append(("opened", view["blocks"][0]["text"]["text"]))
        return "V1"

    async def push_view(self, workspace_id: str, trigger_id: str, view: Mapping[str, Any]) -> str:
        self.said.append(("pushed", view["blocks"][0]["text"]["text"]))
        return "V1"

    async def respond(self, response_url: str, said: Body | str) -> None:
        self.said.append(("responded", str(said)))


def portfolio() -> Body:
    return {"text": "x", "blocks": [{"type": "data_table"}], "instead": [{"type": "section"}]}


class NotYours(Refusal):
    """Only {who} can do that."""


class BarNotANumber(Refusal):
    """Please give a plain *number*."""

    field = "bar"


@pytest.fixture
def router() -> Router:
    return Router()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def counters() -> Counters:
    return Counters()


@pytest.fixture
def dispatch(router: Router, told: Told, counters: Counters) -> Dispatch:
    return Dispatch(router, told, counters)


def heard_by(heard: list[Any]) -> Any:
    async def hear(value: Any) -> None:
        heard.append(value)

    return hear


def raising(error: Exception) -> Any:
    async def fail(_: Any) -> None:
        raise error

    return fail


async def test_a_commands_answer_goes_back_in_the_ack_and_costs_no_call(
    router: Router, dispatch: Dispatch, told: Told
) -> None:
    async def on_status(command: SlashCommand) -> Body:
        return {"text": f"Status of {command.rest}", "blocks": []}

    router.command("status", on_status)
    response = await dispatch.answer(COMMAND)
    assert response.status == 200
    assert json.loads(response.body) == {
        "response_type": "ephemeral",
        "text": "Status of Refund triage",
        "blocks": [],
    }
    assert told.said == []


async def test_a_slip_of_one_letter_names_one_command_and_no_others(
    router: Router, dispatch: Dispatch
) -> None:
    for known in ("waivers", "tier", "handover"):
        router.command(known, heard_by([]), example=f"/pilot {known} Refund triage")
    body = json.loads((await dispatch.answer(COMMAND | {"text": "waiver"})).body)
    assert body["text"].endswith("Did you mean `/pilot waivers Refund triage`?")


async def test_a_command_that_nobody_knows_names_the_nearest(router: Router, dispatch: Dispatch) -> None:
    router.command("status", heard_by([]), example="/pilot status Refund triage")
    router.command("list", heard_by([]))
    body = json.loads((await dispatch.answer(COMMAND | {"text": "stauts <!here>"})).body)
    assert body["text"] == "I do not know `/pilot stauts`. Did you mean `/pilot status Refund triage`?"
    body = json.loads((await dispatch.answer(COMMAND | {"text": "&lt;!channel&gt;"})).body)
    assert "`/pilot help` lists what I understand" in body["text"]
    assert "<!channel>" not in body["text"]


async def test_a_bare_command_has_a_function_of_its_own(router: Router, dispatch: Dispatch) -> None:
    heard: list[SlashCommand] = []
    router.command("", heard_by(heard))
    await dispatch.answer(COMMAND | {"text": ""})
    assert len(heard) == 1


async def test_a_refused_command_is_answered_in_the_ack(router: Router, dispatch: Dispatch) -> None:
    router.command("status", raising(NotYours(who="<@U0002> & co")))
    body = json.loads((await dispatch.answer(COMMAND)).body)
    assert body == {"response_type": "ephemeral", "text": "Only <@U0002> &amp; co can do that."}


async def test_a_click_reaches_its_function_by_action_id(router: Router, dispatch: Dispatch) -> None:
    heard: list[ButtonClick] = []
    router.click("review.approve", heard_by(heard))
    response = await dispatch.answer(CLICK)
    assert (response.status, response.body) == (200, "")
    assert heard[0].value == "r-1"


async def test_what_follows_a_colon_only_tells_controls_apart(router: Router, dispatch: Dispatch) -> None:
    heard: list[ButtonClick] = []
    router.click("review.approve", heard_by(heard))
    action = {**CLICK["actions"][0], "action_id": "review.approve:2"}  # type: ignore[index] # a literal above
    await dispatch.answer(CLICK | {"actions": [action]})
    assert heard[0].action_id == "review.approve:2"


def chosen_from(menu: str, value: str) -> dict[str, Any]:
    """Return the click on an entry of a menu."""
    action = {"type": "overflow", "action_id": menu, "block_id": "b", "selected_option": {"value": value}}
    return CLICK | {"actions": [action]}


async def test_an_entry_of_the_more_menu_is_as_good_as_the_button_it_stands_for(
    router: Router, dispatch: Dispatch
) -> None:
    heard: list[ButtonClick] = []
    router.click("report.full", heard_by(heard))
    await dispatch.answer(chosen_from("more", "report.full P-1:2"))
    assert [(click.action_id, click.value) for click in heard] == [("report.full", "P-1:2")]


@pytest.mark.parametrize("value", ["", "nowhere P-1", "more more P-1", "report.full"])
async def test_an_entry_that_stands_for_nothing_says_so(
    router: Router, dispatch: Dispatch, told: Told, value: str
) -> None:
    router.click("report.other", heard_by([]))
    await dispatch.answer(chosen_from("more", value))
    assert "does nothing any more" in told.said[-1][1]


async def test_a_refused_click_is_whispered_where_it_was(
    router: Router, dispatch: Dispatch, told: Told
) -> None:
    router.click("review.approve", raising(NotYours(who="Maria")))
    assert (await dispatch.answer(CLICK)).status == 200
    assert told.said == [("C0001/1.0", "Only Maria can do that.")]


async def test_a_refused_click_on_a_message_with_replies_is_whispered_beside_it(
    router: Router, dispatch: Dispatch, told: Told
) -> None:
    router.click("review.approve", raising(NotYours(who="Maria")))
    card = {"ts": "1.1", "thread_ts": "1.1", "team": "T0001"}
    await dispatch.answer(CLICK | {"message": card, "container": {"message_ts": "1.1", "thread_ts": "1.1"}})
    assert told.said == [("C0001/None", "Only Maria can do that.")]


@pytest.mark.parametrize(("kind", "how"), [("home", "opened"), ("modal", "pushed")])
async def test_a_refused_click_in_a_view_opens_a_small_window(
    router: Router, dispatch: Dispatch, told: Told, kind: str, how: str
) -> None:
    router.click("review.approve", raising(NotYours(who="Maria")))
    body = {k: v for k, v in CLICK.items() if k not in {"channel", "message", "response_url"}}
    await dispatch.answer(body | {"view": {"id": "V1", "type": kind}, "container": {"type": "view"}})
    assert told.said == [(how, "Only Maria can do that.")]


async def test_an_old_button_says_that_it_does_nothing(dispatch: Dispatch, told: Told) -> None:
    assert (await dispatch.answer(CLICK)).status == 200
    assert "earlier version" in told.said[0][1]


async def test_a_button_that_only_leads_somewhere_is_quiet(
    router: Router, dispatch: Dispatch, told: Told
) -> None:
    router.link("review.approve")
    await dispatch.answer(CLICK)
    assert told.said == []


async def test_a_click_that_went_wrong_shows_a_reference(
    router: Router, dispatch: Dispatch, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    router.click("review.approve", raising(ZeroDivisionError("secret")))
    with caplog.at_level(logging.ERROR):
        assert (await dispatch.answer(CLICK)).status == 200
    (_, sentence), *_ = told.said
    assert "reference" in sentence
    assert "secret" not in sentence


async def test_a_repeated_click_is_quiet(router: Router, dispatch: Dispatch, told: Told) -> None:
    router.click("review.approve", raising(AlreadySeen()))
    assert (await dispatch.answer(CLICK)).status == 200
    assert told.said == []


async def test_a_forms_function_says_what_happens_to_the_form(router: Router, dispatch: Dispatch) -> None:
    async def on_form(form: FormSubmission) -> FormAnswer | None:
        return field_errors({"bar": "Please."}) if form.text("bar") == "y" else None

    router.form("pilot.register", on_form)
    assert json.loads((await dispatch.answer(FORM)).body) == {
        "response_action": "errors",
        "errors": {"bar": "Please."},
    }


async def test_a_taken_form_closes(router: Router, dispatch: Dispatch) -> None:
    router.form("pilot.register", heard_by([]))
    assert (await dispatch.answer(FORM)).body == ""


@pytest.mark.parametrize(
    ("refusal", "block_id", "sentence"),
    [
        (BarNotANumber(), "bar", "Please give a plain number."),
        (NotYours(who="a & b"), "name", "Only a & b can do that."),
        (ValueError("secret"), "name", "Something went wrong"),
    ],
)
async def test_a_refused_form_stays_open_with_the_reason_at_the_field(
    router: Router, dispatch: Dispatch, refusal: Exception, block_id: str, sentence: str
) -> None:
    router.form("pilot.register", raising(refusal))
    body = json.loads((await dispatch.answer(FORM)).body)
    assert body["response_action"] == "errors"
    assert body["errors"][block_id].startswith(sentence)
    assert "secret" not in str(body)


async def test_a_refused_form_without_fields_becomes_a_notice(router: Router, dispatch: Dispatch) -> None:
    router.form("pilot.register", raising(NotYours(who="Maria")))
    view = FORM["view"] | {"blocks": [], "state": {"values": {}}}  # type: ignore[operator] # a literal above
    body = json.loads((await dispatch.answer(FORM | {"view": view})).body)
    assert body["response_action"] == "update"
    assert body["view"]["blocks"][0]["text"]["text"] == "Only Maria can do that."


async def test_an_old_form_is_answered_kindly(dispatch: Dispatch) -> None:
    assert "open it again" in (await dispatch.answer(FORM)).body


async def test_closed_forms_and_shortcuts_reach_their_functions(
    router: Router, dispatch: Dispatch, told: Told
) -> None:
    closed: list[FormClosed] = []
    used: list[ShortcutUse] = []
    router.form_closed("pilot.register", heard_by(closed))
    router.shortcut("use_as_answer", heard_by(used))
    await dispatch.answer(FORM | {"type": "view_closed"})
    shortcut = {
        "type": "message_action",
        "callback_id": "use_as_answer",
        "trigger_id": "1",
        "team": TEAM,
        "user": USER,
    }
    await dispatch.answer(shortcut)
    assert (len(closed), len(used)) == (1, 1)
    await dispatch.answer(shortcut | {"callback_id": "old", "response_url": "https://hooks.slack.com/x"})
    await dispatch.answer(shortcut | {"callback_id": "old"})
    assert [how for how, _ in told.said] == ["responded", "opened"]


async def test_every_kind_of_event_reaches_its_function(router: Router, dispatch: Dispatch) -> None:
    heard: list[Any] = []
    router.message(heard_by(heard))
    router.home_opened(heard_by(heard))
    router.person_changed(heard_by(heard))
    router.event("app_uninstalled", heard_by(heard))
    for inner in (
        MESSAGE,
        {"type": "app_home_opened", "user": "U0001", "tab": "home"},
        {"type": "user_change", "user": {"id": "U0001"}},
        {"type": "app_uninstalled"},
        {"type": "reaction_added", "user": "U0001"},
        MESSAGE | {"subtype": "channel_join"},
    ):
        assert (await dispatch.answer(event(inner))).status == 200
    assert [type(one) for one in heard] == [ThreadMessage, HomeOpened, PersonChanged, OtherEvent]


async def test_an_event_that_went_wrong_is_not_acknowledged(
    router: Router, dispatch: Dispatch, told: Told
) -> None:
    router.message(raising(OSError("disk full")))
    assert (await dispatch.answer(event(MESSAGE))).status == 500
    assert told.said == [], "the first repetition comes at once, so nothing is said yet"
    assert (await dispatch.answer(event(MESSAGE), retry=1)).status == 500
    assert len(told.said) == 1
    assert (await dispatch.answer(event(MESSAGE), retry=2)).status == 500
    assert len(told.said) == 1


async def test_a_refused_message_is_answered_in_its_thread(
    router: Router, dispatch: Dispatch, told: Told
) -> None:
    router.message(raising(NotYours(who="Maria")))
    assert (await dispatch.answer(event(MESSAGE))).status == 200
    assert told.said == [("C0001/1.0", "Only Maria can do that.")]


@pytest.mark.parametrize(
    "body", [{}, {"type": "brand_new"}, {"type": 5}, {"type": "event_callback"}, {"command": "/pilot"}]
)
async def test_what_nobody_can_read_is_answered_with_200(dispatch: Dispatch, body: dict[str, Any]) -> None:
    assert (await dispatch.answer(body)).status == 200


async def test_a_malformed_click_is_told_as_far_as_possible(dispatch: Dispatch, told: Told) -> None:
    assert (await dispatch.answer(CLICK | {"user": None})).status == 200
    assert told.said == [("responded", "I could not read what Slack sent for this. Please try it once more.")]


async def test_deliveries_are_counted(router: Router, dispatch: Dispatch, counters: Counters) -> None:
    await dispatch.answer(CLICK)
    await dispatch.answer({"type": "brand_new"})
    assert counters.value("deliveries_total", kind="block_actions") == 1
    assert counters.value("deliveries_total", kind="other") == 1


def test_each_id_has_one_function(router: Router) -> None:
    for register in (
        router.command,
        router.click,
        router.form,
        router.form_closed,
        router.shortcut,
        router.event,
    ):
        register("x", heard_by([]))
        with pytest.raises(RegisteredTwice, match="x' is registered twice"):
            register("x", heard_by([]))
    router.message(heard_by([]))
    with pytest.raises(RegisteredTwice):
        router.message(heard_by([]))
    assert router.action_ids == {"x"}
    assert router.words == ("x",)


def test_answers_to_forms_have_slacks_shape() -> None:
    view = {"type": "modal"}
    assert routing.show_instead(view) == {"response_action": "update", "view": view}
    assert routing.close_all() == {"response_action": "clear"}


async def test_bolt_carries_a_delivery_to_its_function_without_the_network(
    router: Router, dispatch: Dispatch
) -> None:
    heard: list[ButtonClick] = []
    router.click("review.approve", heard_by(heard))
    app = bolt_app(dispatch, token="xoxb-made-up")
    response = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=dict(CLICK)))
    assert response.status == 200
    assert len(heard) == 1


async def test_the_first_repetition_is_known_from_its_header(
    router: Router, dispatch: Dispatch, told: Told
) -> None:
    router.message(raising(OSError("disk full")))
    app = bolt_app(dispatch, token="xoxb-made-up")
    for attempt in ("0", "1", "x"):
        request = AsyncBoltRequest(
            mode="socket_mode", body=event(MESSAGE), headers={"x-slack-retry-num": attempt}
        )
        assert (await app.async_dispatch(request)).status == 500
    assert len(told.said) == 1


async def test_an_answer_that_slack_may_refuse_goes_out_before_the_ack(
    router: Router, dispatch: Dispatch, told: Told
) -> None:
    async def on_status(_: SlashCommand) -> Body:
        return portfolio()

    router.command("status", on_status)
    answer = await dispatch.answer(COMMAND)
    assert (answer.status, answer.body) == (200, "")
    assert [how for how, _ in told.said] == ["responded"]


async def test_an_answer_that_slack_did_not_take_is_acked_in_plain_blocks(router: Router) -> None:
    class Deaf(Told):
        async def respond(self, response_url: str, said: Body | str) -> None:
            raise Terminal("used_url", "response_url")

    async def on_status(_: SlashCommand) -> Body:
        return portfolio()

    router.command("status", on_status)
    answer = await Dispatch(router, Deaf()).answer(COMMAND)
    assert json.loads(answer.body) == {
        "response_type": "ephemeral",
        "text": "x",
        "blocks": [{"type": "section"}],
    }


@pytest.mark.parametrize(
    ("kind", "joined"), [("member_joined_channel", True), ("member_left_channel", False)]
)
async def test_everybody_who_wants_to_hear_of_somebody_in_a_channel_does(
    router: Router, dispatch: Dispatch, kind: str, joined: bool
) -> None:
    heard: list[MembershipChanged] = []
    for handler in (heard_by(heard), raising(RuntimeError("a slip of ours")), heard_by(heard)):
        router.membership_changed(handler)
    answer = await dispatch.answer(event({"type": kind, "user": "U0001", "channel": "C0001"}))
    assert answer.status == 500, "Slack says it again, and all hear it again"
    assert len(heard) == 2
    assert (heard[0].user_id, heard[0].channel_id, heard[0].joined) == ("U0001", "C0001", joined)
