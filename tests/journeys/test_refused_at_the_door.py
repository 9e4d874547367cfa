"""The HTTP endpoint before strangers and broken bodies: who is not Slack gets 401, and nothing is written."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from sandbox import seed

from .conftest import Workplace, workplace
from .record import everything, refused_since

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}


@dataclass
class Door:
    """The endpoint of a running Preflight, and what stands behind it."""

    place: Workplace
    client: httpx.AsyncClient
    card: dict[str, Any]

    async def knock(self, body: bytes, kind: dict[str, str], **signed: Any) -> httpx.Response:
        headers = kind | self.signed(body, **signed)
        return await self.client.post(str(self.place.sandbox.http.url), content=body, headers=headers)

    def signed(self, body: bytes, *, at: float | None = None) -> dict[str, str]:
        timestamp = str(int(time.time() if at is None else at))
        signature = self.place.sandbox.http.signature(timestamp, body)
        return {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with workplace(tmp_path_factory.mktemp("door"), "http") as place, httpx.AsyncClient() as client:
        yield Door(place, client, await place.registers())


def a_command(text: str = "list") -> dict[str, str]:
    return {
        "command": "/pilot",
        "text": text,
        "team_id": seed.NORTHWIND,
        "user_id": seed.MAYA,
        "channel_id": seed.AI_PILOTS,
        "trigger_id": "1.2.a",
    }


def a_click(door: Door, **changed: Any) -> dict[str, Any]:
    """A click that starts an interview, if it is believed."""
    button = next(
        e for b in door.card["blocks"] for e in b.get("elements", ()) if e.get("action_id") == "pilot.coach"
    )
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": seed.MAYA, "team_id": seed.NORTHWIND},
        "team": {"id": seed.NORTHWIND, "domain": "northwind-goods"},
        "trigger_id": "1.3.b",
        "channel": {"id": seed.AI_PILOTS},
        "message": {"ts": door.card["ts"], "team": seed.NORTHWIND},
        "actions": [{"type": "button", "block_id": "actions", **button}],
    }
    return payload | changed


def as_form(payload: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def an_event(event: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": seed.NORTHWIND,
        "event_id": "Ev1",
        "event": event,
        "authorizations": [{"team_id": seed.NORTHWIND, "enterprise_id": None}],
    }


async def test_wrong_signatures_and_old_timestamps_get_401_and_nothing_is_written(door: Door) -> None:
    before = await everything(door.place)
    url, body = str(door.place.sandbox.http.url), as_form(a_click(door))
    right, now = door.signed(body), time.time()
    name = "x-slack-signature"
    wrong: dict[str, dict[str, str]] = {
        "none": {},
        "empty": {name: "", "x-slack-request-timestamp": ""},
        "no timestamp": {name: right[name]},
        "no signature": {"x-slack-request-timestamp": right["x-slack-request-timestamp"]},
        "one digit": right | {name: right[name][:-1] + ("0" if right[name][-1] != "0" else "1")},
        "of another body": door.signed(body + b" "),
        "upper case": right | {name: right[name].upper()},
        "another version": right | {name: right[name].replace("v0=", "v1=")},
        "six minutes old": door.signed(body, at=now - 360),
        "a day old": door.signed(body, at=now - 86_400),
        "six minutes ahead": door.signed(body, at=now + 360),
        "another time": right | {"x-slack-request-timestamp": str(int(now) - 1)},
    }
    for why, headers in wrong.items():
        answer = await door.client.post(url, content=body, headers=FORM | headers)
        assert answer.status_code == 401, why
    assert await everything(door.place) == before


MALFORMED_FORMS: dict[str, bytes] = {
    "no fields": b"",
    "no payload": b"hello=world",
    "broken JSON": b"payload=%7B%22type%22",
    "a list": b"payload=%5B1%2C2%5D",
    "a number": b"payload=7",
    "null": b"payload=null",
    "not UTF-8": b"payload=\xff\xfe\xfa",
    "a command of nobody": urlencode({"command": "/pilot", "text": "list"}).encode(),
    "a command without trigger": urlencode(
        {k: v for k, v in a_command().items() if k != "trigger_id"}
    ).encode(),
    "a command with a team of words": urlencode(a_command() | {"team_id": "<script>"}).encode(),
    "a command twice": urlencode(list(a_command().items()) * 2).encode(),
}
MALFORMED_EVENTS: dict[str, bytes] = {
    "broken JSON": b'{"type": "event_callback", ',
    "deep JSON": b"[" * 20_000,
    "a string": b'"event_callback"',
    "no type": json.dumps(an_event({"channel": "C1"})).encode(),
    "a message of nobody": json.dumps(
        an_event({"type": "message", "channel": seed.AI_PILOTS, "ts": "1.1"})
    ).encode(),
    "a message at no time": json.dumps(
        an_event({"type": "message", "user": seed.MAYA, "channel": seed.AI_PILOTS, "ts": "soon", "text": "x"})
    ).encode(),
    "numbers for words": json.dumps(
        an_event({"type": "message", "user": 7, "channel": 8, "ts": 9, "text": ["x"], "thread_ts": {}})
    ).encode(),
    "an unknown event": json.dumps(an_event({"type": "pizza_delivered", "user": seed.MAYA})).encode(),
    "an unknown kind": b'{"type": "surprise"}',
    "half a character": b'{"type": "event_callback", "event_id": "Ev2", "team_id": "T0NORTHWND",'
    b' "event": {"type": "message", "text": "\\ud800", "user": "U0MAYACHEN", "channel": "C0AIPILOTS", "ts": "1.2"}}',
}


@pytest.mark.parametrize("body", MALFORMED_FORMS.values(), ids=MALFORMED_FORMS.keys())
async def test_a_malformed_form_is_answered_and_changes_nothing(door: Door, body: bytes) -> None:
    before = await everything(door.place)
    answer = await door.knock(body, FORM)
    assert answer.status_code == 200
    assert "Traceback" not in answer.text
    assert await everything(door.place) == before


@pytest.mark.parametrize("body", MALFORMED_EVENTS.values(), ids=MALFORMED_EVENTS.keys())
async def test_a_malformed_event_is_answered_with_200_and_changes_nothing(door: Door, body: bytes) -> None:
    """Slack cuts off an app that fails too often, so a body that nobody can read is no failure."""
    before = await everything(door.place)
    answer = await door.knock(body, JSON)
    assert answer.status_code == 200
    assert await everything(door.place) == before


async def test_malformed_clicks_change_nothing(door: Door) -> None:
    before = await everything(door.place)
    broken: dict[str, dict[str, Any]] = {
        "nobody": {"user": {}},
        "no team": {"team": None, "user": {"id": seed.MAYA}, "message": {}},
        "no actions": {"actions": []},
        "no action id": {"actions": [{"type": "button", "value": "x"}]},
        "a list for an id": {"actions": [{"type": "button", "action_id": ["pilot.coach"], "value": "x"}]},
        "a number for a value": {"actions": [{"type": "button", "action_id": "pilot.coach", "value": 7}]},
        "no trigger": {"trigger_id": None},
        "a channel of words": {"channel": {"id": "../etc"}},
        "an address that is not Slack's": {
            "response_url": "http://127.0.0.1:9/steal",
            "actions": [{"type": "button", "action_id": "pilot.coach", "value": "nothing"}],
        },
    }
    for why, changed in broken.items():
        answer = await door.knock(as_form(a_click(door, **changed)), FORM)
        assert answer.status_code == 200, why
        assert await everything(door.place) == before, why


STATES: tuple[dict[str, Any] | None, ...] = (
    None,
    {},
    {"values": {}},
    {"values": {"reason": {"reason": {"value": "because"}}}},
)


async def test_malformed_forms_of_ours_change_nothing(door: Door) -> None:
    """Submissions that no form of ours can send: forged private ids, other people's fields, no state at all."""
    before = await everything(door.place)
    sent: list[str] = []
    for callback_id in sorted(door.place.house.router.callback_ids):
        for private in ("", "nothing", "a:b", "x" * 3000):
            for state in STATES:
                sent.append(callback_id)
                view = {
                    "id": f"V{len(sent)}",
                    "hash": "1.a",
                    "type": "modal",
                    "callback_id": callback_id,
                    "private_metadata": private,
                    "state": state,
                    "blocks": [{"type": "input", "block_id": "reason"}],
                }
                payload = a_click(
                    door, type="view_submission", view=view, actions=None, message=None, channel=None
                )
                answer = await door.knock(as_form(payload), FORM)
                assert answer.status_code == 200, (callback_id, private, state)
                assert "went wrong" not in answer.text, (callback_id, private, state)
                assert answer.json()["response_action"] in {"errors", "update"}, (callback_id, private, state)
    assert await refused_since(door.place, before)  # who tries to decide is on the record, and nothing else


async def test_a_body_of_more_than_a_megabyte_is_not_read(door: Door) -> None:
    before = await everything(door.place)
    assert (await door.knock(b"payload=" + b"x" * 1_100_000, FORM)).status_code == 413
    assert await everything(door.place) == before


async def test_what_is_rightly_signed_and_well_formed_is_believed(door: Door) -> None:
    """The counterpart of all the above: the same click, unbroken, starts the interview."""
    answer = await door.knock(as_form(a_click(door)), FORM)
    assert answer.status_code == 200
    await door.place.sees(seed.AI_PILOTS, "· Refund triage\n▱")
    replayed = await everything(door.place)
    assert (await door.knock(as_form(a_click(door)), FORM)).status_code == 200
    assert await everything(door.place) == replayed
