"""Reading what Slack sends. The bodies follow the samples in Slack's documentation and its Java SDK."""

import contextlib
import copy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.slack.payloads import (
    BotMessageRemoved,
    ButtonClick,
    FormClosed,
    FormSubmission,
    HomeOpened,
    Malformed,
    MessageRemoved,
    OtherEvent,
    PersonChanged,
    ShortcutUse,
    SlashCommand,
    ThreadMessage,
    parse_event,
)

unhurried = settings(deadline=None, derandomize=True)

COMMAND = {
    "token": "x",
    "team_id": "T0001",
    "team_domain": "example",
    "channel_id": "C0001",
    "channel_name": "pilots",
    "user_id": "U0001",
    "user_name": "maria",
    "command": "/pilot",
    "text": "Status  Refund &amp; return <@U0002|joe>",
    "api_app_id": "A0001",
    "is_enterprise_install": "false",
    "response_url": "https://hooks.slack.com/commands/T0001/1/abc",
    "trigger_id": "1.2.abc",
}

CLICK: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U0001", "username": "maria", "name": "maria", "team_id": "T0001"},
    "api_app_id": "A0001",
    "token": "x",
    "container": {
        "type": "message",
        "message_ts": "1548261231.000200",
        "channel_id": "C0001",
        "is_ephemeral": False,
    },
    "trigger_id": "12.34.abcd",
    "team": {"id": "T0001", "domain": "example"},
    "enterprise": None,
    "is_enterprise_install": False,
    "channel": {"id": "C0001", "name": "pilots"},
    "message": {
        "bot_id": "B0001",
        "type": "message",
        "text": "A card",
        "user": "U0BOT",
        "ts": "1548261231.000200",
        "thread_ts": "1548261000.000100",
        "team": "T0001",
        "blocks": [],
    },
    "state": {"values": {}},
    "response_url": "https://hooks.slack.com/actions/T0001/1/abc",
    "actions": [
        {
            "action_id": "review.approve",
            "block_id": "decide",
            "text": {"type": "plain_text", "text": "Approve", "emoji": True},
            "value": "r-1",
            "type": "button",
            "action_ts": "1548426417.840180",
        }
    ],
}

VIEW: dict[str, Any] = {
    "id": "V0001",
    "team_id": "T0001",
    "type": "modal",
    "blocks": [
        {"type": "section", "block_id": "intro", "text": {"type": "mrkdwn", "text": "x"}},
        {"type": "input", "block_id": "name", "element": {"type": "plain_text_input", "action_id": "name"}},
    ],
    "private_metadata": "p-1",
    "callback_id": "pilot.register",
    "state": {
        "values": {
            "name": {"name": {"type": "plain_text_input", "value": "  Refund triage "}},
            "empty": {"empty": {"type": "plain_text_input", "value": None}},
            "champion": {"champion": {"type": "users_select", "selected_user": "U0001"}},
            "channel": {"channel": {"type": "conversations_select", "selected_conversation": "C0001"}},
            "date": {"date": {"type": "datepicker", "selected_date": "2026-12-02"}},
            "stage": {
                "stage": {
                    "type": "static_select",
                    "selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": "pilot"},
                }
            },
            "areas": {
                "areas": {
                    "type": "checkboxes",
                    "selected_options": [{"text": {}, "value": "a"}, {"text": {}, "value": "b"}],
                }
            },
            "people": {"people": {"type": "multi_users_select", "selected_users": ["U0001", "U0002"]}},
            "unset": {"unset": {"type": "users_select", "selected_user": None}},
        }
    },
    "hash": "156772938.1827394",
    "clear_on_close": False,
    "notify_on_close": False,
    "app_installed_team_id": "T0001",
}

SUBMISSION = {
    "type": "view_submission",
    "team": {"id": "T0001", "domain": "example"},
    "user": {"id": "U0001", "username": "maria", "name": "maria", "team_id": "T0001"},
    "api_app_id": "A0001",
    "token": "x",
    "trigger_id": "1.2.abc",
    "view": VIEW,
    "response_urls": [],
    "is_enterprise_install": False,
    "enterprise": None,
}

SHORTCUT: dict[str, Any] = {
    "type": "message_action",
    "callback_id": "use_as_answer",
    "trigger_id": "1.2.abc",
    "response_url": "https://hooks.slack.com/app/T0001/1/abc",
    "user": {"id": "U0001", "team_id": "T0001", "name": "maria"},
    "message": {"type": "message", "user": "U0002", "ts": "1548261231.000200", "text": "hi", "team": "T0001"},
    "channel": {"id": "C0001", "name": "pilots"},
    "team": {"id": "T0001", "domain": "example"},
}


def event(inner: dict[str, Any], **outer: Any) -> dict[str, Any]:
    return {
        "token": "x",
        "team_id": "T0001",
        "context_team_id": "T0001",
        "context_enterprise_id": None,
        "api_app_id": "A0001",
        "event": inner,
        "type": "event_callback",
        "event_id": "Ev0001",
        "event_time": 1548261231,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": "T0001",
                "user_id": "U0BOT",
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        **outer,
    }


MESSAGE = {
    "type": "message",
    "user": "U0001",
    "text": "yes, see <https://wiki.example/a&amp;b> and <@U0002>",
    "ts": "1548261231.000200",
    "team": "T0001",
    "channel": "C0001",
    "thread_ts": "1548261000.000100",
    "parent_user_id": "U0BOT",
    "event_ts": "1548261231.000200",
    "channel_type": "channel",
}


def written(**changes: Any) -> ThreadMessage:
    found = parse_event(event(MESSAGE | changes))
    assert isinstance(found, ThreadMessage)
    return found


def test_a_command_is_its_first_word_and_the_rest() -> None:
    command = SlashCommand.parse(COMMAND)
    assert (command.word, command.rest) == ("status", "Refund & return @joe")
    assert (command.workspace_id, command.user_id, command.channel_id) == ("T0001", "U0001", "C0001")
    assert command.mentions == ("U0002",)
    assert command.delivery == "command:1.2.abc"


@pytest.mark.parametrize("text", ["", "   ", None])
def test_a_bare_command_has_no_word(text: str | None) -> None:
    command = SlashCommand.parse(COMMAND | {"text": text})
    assert (command.word, command.rest) == ("", "")


def test_an_occasion_carries_the_delivery() -> None:
    occasion = SlashCommand.parse(COMMAND).at(datetime(2026, 11, 22, tzinfo=UTC))
    assert (occasion.actor_id, occasion.workspace_id, occasion.delivery) == (
        "U0001",
        "T0001",
        "command:1.2.abc",
    )


def test_rows_are_keyed_by_organisation_and_workspace() -> None:
    assert SlashCommand.parse(COMMAND | {"enterprise_id": "E0001"}).workspace_id == "E0001/T0001"
    grid = CLICK | {"enterprise": {"id": "E0001", "name": "x"}}
    assert ButtonClick.parse(grid).workspace_id == "E0001/T0001"
    assert not ButtonClick.parse(grid).from_elsewhere


def test_a_click_knows_where_and_who_it_was() -> None:
    click = ButtonClick.parse(CLICK)
    assert (click.action_id, click.value, click.block_id) == ("review.approve", "r-1", "decide")
    assert (click.channel_id, click.message_ts, click.thread_ts) == (
        "C0001",
        "1548261231.000200",
        "1548261000.000100",
    )
    assert click.delivery == "click:12.34.abcd"
    assert click.selected == ()
    assert not click.from_elsewhere


def test_a_click_by_somebody_from_another_workspace_is_seen_as_such() -> None:
    body = CLICK | {
        "user": {"id": "U0009", "team_id": "T0999"},
        "team": {"id": "T0999", "domain": "elsewhere"},
    }
    click = ButtonClick.parse(body)
    assert click.from_elsewhere
    assert click.workspace_id == "T0001"


def test_a_click_in_the_home_tab_has_a_view_and_no_channel() -> None:
    body = {k: v for k, v in CLICK.items() if k not in {"channel", "message", "response_url"}}
    click = ButtonClick.parse(body | {"container": {"type": "view", "view_id": "V0001"}, "view": VIEW})
    assert (click.channel_id, click.message_ts, click.response_url) == (None, None, None)
    assert click.view_id == "V0001"


def test_a_click_on_an_ephemeral_message_has_its_place_from_the_container() -> None:
    body = {k: v for k, v in CLICK.items() if k != "message"}
    container = {
        "type": "message",
        "message_ts": "1.2",
        "channel_id": "C0001",
        "is_ephemeral": True,
        "thread_ts": "1.1",
    }
    click = ButtonClick.parse(body | {"container": container})
    assert (click.message_ts, click.thread_ts) == ("1.2", "1.1")


@pytest.mark.parametrize(
    ("action", "value", "selected"),
    [
        ({"type": "overflow", "selected_option": {"text": {}, "value": "log"}}, "log", ("log",)),
        ({"type": "users_select", "selected_user": "U0002"}, "", ("U0002",)),
        ({"type": "multi_users_select", "selected_users": ["U1", "U2"]}, "", ("U1", "U2")),
        ({"type": "datepicker", "selected_date": "2026-12-01"}, "", ("2026-12-01",)),
        ({"type": "datepicker", "selected_date": None}, "", ()),
        ({"type": "datetimepicker", "selected_date_time": 1700000000}, "", ("1700000000",)),
        ({"type": "checkboxes", "selected_options": []}, "", ()),
        ({"type": "button"}, "", ()),
    ],
)
def test_every_control_tells_what_was_chosen(
    action: dict[str, Any], value: str, selected: tuple[str, ...]
) -> None:
    click = ButtonClick.parse(CLICK | {"actions": [{"action_id": "a", "block_id": "b", **action}]})
    assert (click.value, click.selected) == (value, selected)


def test_a_form_gives_its_fields_by_name() -> None:
    form = FormSubmission.parse(SUBMISSION)
    assert (form.callback_id, form.private, form.fields) == ("pilot.register", "p-1", ("name",))
    assert form.text("name") == "Refund triage"
    assert form.text("empty") == ""
    assert form.choice("champion") == "U0001"
    assert form.choice("channel") == "C0001"
    assert form.choice("date") == "2026-12-02"
    assert form.choice("stage") == "pilot"
    assert form.choices("areas") == ("a", "b")
    assert form.choices("people") == ("U0001", "U0002")
    assert form.choice("unset") is None
    assert form.delivery == "form:V0001:156772938.1827394"


def test_a_field_that_the_form_does_not_have_is_empty() -> None:
    form = FormSubmission.parse(SUBMISSION)
    assert form.text("forged") == ""
    assert form.choices("forged") == ()


def test_a_closed_form_and_a_shortcut_are_read() -> None:
    closed = FormClosed.parse({**SUBMISSION, "type": "view_closed", "is_cleared": False})
    assert (closed.callback_id, closed.private) == ("pilot.register", "p-1")
    shortcut = ShortcutUse.parse(SHORTCUT)
    assert shortcut.callback_id == "use_as_answer"
    assert shortcut.message is not None


def test_a_shortcut_on_a_strangers_message_belongs_to_the_workspace_of_whoever_used_it() -> None:
    strange = {**SHORTCUT, "message": {**SHORTCUT["message"], "team": "T0ELSEWHERE"}}
    shortcut = ShortcutUse.parse(strange)
    assert (shortcut.workspace_id, shortcut.from_elsewhere) == (
        ShortcutUse.parse(SHORTCUT).workspace_id,
        False,
    )


def test_a_thread_message_is_read() -> None:
    message = written()
    assert (message.channel_id, message.ts, message.thread_ts) == (
        "C0001",
        "1548261231.000200",
        "1548261000.000100",
    )
    assert message.words == "yes, see https://wiki.example/a&b and @U0002"
    assert message.links == ("https://wiki.example/a&b",)
    assert message.mentions == ("U0002",)


def test_a_mention_is_left_to_the_message_that_carries_the_same_words() -> None:
    mention = {k: v for k, v in MESSAGE.items() if k not in {"channel_type", "parent_user_id"}} | {
        "type": "app_mention"
    }
    assert parse_event(event(mention, event_id="Ev0002")) is None


def test_a_root_message_stands_by_itself() -> None:
    assert written(thread_ts=MESSAGE["ts"]).thread_ts is None
    assert written(thread_ts=None).thread_ts is None


def test_an_edit_is_a_delivery_of_its_own() -> None:
    edited = MESSAGE | {"text": "no", "edited": {"user": "U0001", "ts": "1548261300.000000"}}
    change = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": "C0001",
        "channel_type": "channel",
        "ts": "1548261300.000100",
        "event_ts": "1548261300.000100",
        "message": edited,
        "previous_message": MESSAGE,
    }
    found = parse_event(event(change))
    assert isinstance(found, ThreadMessage)
    assert (found.ts, found.edited_at, found.text) == (MESSAGE["ts"], "1548261300.000000", "no")
    assert found.delivery != written().delivery


@pytest.mark.parametrize(
    "inner",
    [
        MESSAGE | {"subtype": "bot_message", "bot_id": "B0001"},
        MESSAGE | {"bot_id": "B0001"},
        MESSAGE | {"subtype": "channel_join"},
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": "C0001",
            "ts": "2.1",
            "message": MESSAGE,
            "previous_message": MESSAGE,
        },
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": "C0001",
            "ts": "2.1",
            "message": {
                "bot_id": "B0001",
                "user": "U0BOT",
                "ts": "1.1",
                "text": "new",
                "edited": {"ts": "2.0"},
            },
            "previous_message": {"bot_id": "B0001", "user": "U0BOT", "ts": "1.1", "text": "old"},
        },
        {"type": "app_home_opened", "user": "U0001", "tab": "messages"},
    ],
)
def test_what_bots_say_and_what_nobody_edited_is_none_of_ours(inner: dict[str, Any]) -> None:
    assert parse_event(event(inner)) is None


def test_that_a_bot_s_message_was_deleted_is_heard_because_it_may_be_one_of_ours() -> None:
    inner = {
        "type": "message",
        "subtype": "message_deleted",
        "channel": "C0001",
        "ts": "2.1",
        "previous_message": {"bot_id": "B1", "ts": "1.1"},
    }
    removed = parse_event(event(inner))
    assert isinstance(removed, BotMessageRemoved)
    assert (removed.channel_id, removed.ts) == ("C0001", "1.1")


@pytest.mark.parametrize(
    "inner",
    [
        {
            "type": "message",
            "subtype": "message_deleted",
            "channel": "C0001",
            "ts": "2.1",
            "deleted_ts": MESSAGE["ts"],
            "previous_message": MESSAGE,
        },
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": "C0001",
            "ts": "2.1",
            "message": {
                "type": "message",
                "subtype": "tombstone",
                "ts": MESSAGE["ts"],
                "text": "This message was deleted.",
            },
            "previous_message": MESSAGE,
        },
    ],
)
def test_a_deleted_message_is_told(inner: dict[str, Any]) -> None:
    found = parse_event(event(inner))
    assert isinstance(found, MessageRemoved)
    assert (found.ts, found.user_id) == (MESSAGE["ts"], "U0001")


def test_files_and_broadcasts_count_as_written() -> None:
    file = {
        "id": "F0001",
        "name": "runbook.pdf",
        "title": "Runbook",
        "permalink": "https://files.example/F0001",
    }
    message = written(subtype="file_share", files=[file, {"mode": "hidden_by_limit"}, "x"])
    assert [(f.id, f.name) for f in message.files] == [("F0001", "Runbook")]
    assert written(subtype="thread_broadcast").thread_ts is not None


def test_an_author_from_another_workspace_is_seen_as_such() -> None:
    assert written(user_team="T0999", team="T0999").from_elsewhere
    assert not written(user_team="T0001").from_elsewhere


def test_a_shared_channels_event_belongs_to_the_workspace_of_the_installation() -> None:
    found = parse_event(event(MESSAGE | {"user_team": "T0999"}, team_id="T0999"))
    assert found is not None
    assert found.workspace_id == "T0001"


def test_people_homes_and_other_events_are_read() -> None:
    person = parse_event(event({"type": "user_change", "user": {"id": "U0001", "deleted": True}}))
    assert isinstance(person, PersonChanged)
    assert person.user_id == "U0001"
    assert isinstance(
        parse_event(event({"type": "app_home_opened", "user": "U0001", "tab": "home"})), HomeOpened
    )
    other = parse_event(event({"type": "app_uninstalled"}))
    assert isinstance(other, OtherEvent)
    assert (other.kind, other.user_id) == ("app_uninstalled", "")


def test_half_a_surrogate_pair_does_not_get_in() -> None:
    assert written(text="a\ud83d\x00b").text == "a?b"


def paths(body: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if before:
        yield before
    steps = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for step, inner in steps:
        yield from paths(inner, (*before, step))


def damaged(body: dict[str, Any], path: tuple[Any, ...], damage: Any) -> dict[str, Any]:
    result = copy.deepcopy(body)
    place: Any = result
    for step in path[:-1]:
        place = place[step]
    if damage is DROPPED:
        del place[path[-1]]
    else:
        place[path[-1]] = damage
    return result


DROPPED = object()
PARSERS: dict[str, tuple[Callable[[dict[str, Any]], object], dict[str, Any]]] = {
    "command": (SlashCommand.parse, COMMAND),
    "click": (ButtonClick.parse, CLICK),
    "form": (FormSubmission.parse, SUBMISSION),
    "closed": (FormClosed.parse, SUBMISSION),
    "shortcut": (ShortcutUse.parse, SHORTCUT),
    "message": (parse_event, event(MESSAGE)),
    "edit": (
        parse_event,
        event(
            {
                "type": "message",
                "subtype": "message_changed",
                "channel": "C0001",
                "message": MESSAGE | {"text": "x", "edited": {"ts": "1.1"}, "files": [{"id": "F1"}]},
                "previous_message": MESSAGE,
            }
        ),
    ),
    "deletion": (
        parse_event,
        event(
            {"type": "message", "subtype": "message_deleted", "channel": "C0001", "previous_message": MESSAGE}
        ),
    ),
    "person": (parse_event, event({"type": "user_change", "user": {"id": "U0001"}})),
    "home": (parse_event, event({"type": "app_home_opened", "user": "U0001", "tab": "home"})),
}


@pytest.mark.parametrize("damage", [DROPPED, None, 7, True, "", "\ud800 <x>", [], {}, [[]], {"id": {}}])
@pytest.mark.parametrize("kind", PARSERS)
def test_a_damaged_body_is_read_or_refused_and_never_breaks(kind: str, damage: Any) -> None:
    parse, body = PARSERS[kind]
    for path in paths(body):
        try:
            found: Any = parse(damaged(body, path, damage))
        except Malformed:
            continue
        if isinstance(found, FormSubmission):
            for name in VIEW["state"]["values"]:
                try:
                    assert found.text(name) is not None
                    assert found.choices(name) is not None
                except Malformed:
                    continue
        elif isinstance(found, ThreadMessage):
            assert isinstance(found.words, str)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "user", "event", "view", "type"]), inner)
    ),
    max_leaves=8,
)


@unhurried
@given(
    st.dictionaries(st.sampled_from(["event", "user", "view", "team", "actions", "trigger_id", "type"]), JSON)
)
def test_a_body_of_anything_is_refused_politely(body: dict[str, Any]) -> None:
    for parse, _ in PARSERS.values():
        with contextlib.suppress(Malformed):
            parse(body)


def test_the_refusal_of_a_malformed_body_is_one_kind_sentence() -> None:
    with pytest.raises(
        Malformed, match=r"^I could not read what Slack sent for this\. Please try it once more\.$"
    ) as refusal:
        SlashCommand.parse({})
    assert refusal.value.where == "trigger_id"
