"""The HTTP side: who is let in, and what operators see."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from bot.http import MOST_BYTES, Signature, http_app
from bot.metrics import Counters
from bot.slack.bolt import bolt_app
from bot.slack.dispatch import Dispatch
from bot.slack.gateway import SlackGateway
from bot.slack.payloads import SlashCommand
from bot.slack.router import Router
from storage import database
from storage.store import Store

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
COMMAND = {
    "team_id": "T0001",
    "user_id": "U0001",
    "channel_id": "C0001",
    "command": "/pilot",
    "text": "status",
    "trigger_id": "1.2.a",
}
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}


def signed(body: bytes, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={digest}"}


def form_of(fields: dict[str, Any]) -> bytes:
    return urlencode(fields).encode()


class Heard(list[SlashCommand]):
    async def __call__(self, command: SlashCommand) -> None:
        self.append(command)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def counters() -> Counters:
    return Counters()


@pytest.fixture
async def web(heard: Heard, counters: Counters) -> AsyncIterator[httpx.AsyncClient]:
    router = Router()
    router.command("status", heard)
    gateway = SlackGateway("xoxb-made-up", "http://127.0.0.1:1/api/")
    app = bolt_app(Dispatch(router, gateway, counters), token="xoxb-made-up", signing_secret=SECRET)

    async def fine() -> None:
        return

    served = http_app(app=app, signing_secret=SECRET, parts={"database": fine}, counters=counters)
    transport = httpx.ASGITransport(app=served)
    async with httpx.AsyncClient(transport=transport, base_url="http://preflight.example") as client:
        yield client


async def test_a_signed_command_is_heard(web: httpx.AsyncClient, heard: Heard) -> None:
    body = form_of(COMMAND)
    response = await web.post("/slack/events", content=body, headers=FORM | signed(body))
    assert (response.status_code, response.text) == (200, "")
    assert heard[0].user_id == "U0001"


WRONG: dict[str, Callable[[], dict[str, str]]] = {
    "no signature": dict,
    "another secret": lambda: signed(form_of(COMMAND), secret="another"),
    "another body": lambda: signed(b"text=else"),
    "six minutes old": lambda: signed(form_of(COMMAND), at=time.time() - 360),
    "six minutes ahead": lambda: signed(form_of(COMMAND), at=time.time() + 360),
    "no timestamp": lambda: {"x-slack-signature": "v0=00"},
    "a timestamp of words": lambda: {"x-slack-request-timestamp": "soon", "x-slack-signature": "v0=00"},
    "a timestamp in other digits": lambda: {
        "x-slack-request-timestamp": "\u0661".encode().hex(),
        "x-slack-signature": "v0=0",
    },
    "an endless timestamp": lambda: {"x-slack-request-timestamp": "9" * 400, "x-slack-signature": "v0=00"},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_or_old_signature_gets_401_and_nothing_is_heard(
    web: httpx.AsyncClient, heard: Heard, headers: Callable[[], dict[str, str]], counters: Counters
) -> None:
    response = await web.post("/slack/events", content=form_of(COMMAND), headers=FORM | headers())
    assert response.status_code == 401
    assert heard == []
    assert counters.value("http_refused_total", why="wrong or old signature") == 1


async def test_a_signature_with_strange_characters_is_wrong_and_not_a_fault(web: httpx.AsyncClient) -> None:
    body = form_of(COMMAND)
    headers = signed(body) | {"x-slack-signature": "v0=\u00e9"}
    raw = [(k.encode(), v.encode("latin-1")) for k, v in (FORM | headers).items()]
    assert (await web.post("/slack/events", content=body, headers=raw)).status_code == 401


UNREADABLE = {
    "broken JSON": (b'{"type": ', JSON),
    "JSON of a list": (b"[1, 2]", JSON),
    "a number": (b"5", JSON),
    "a form whose payload is broken": (form_of({"payload": '{"type": "block_actions"'}), FORM),
    "a form whose payload is a list": (form_of({"payload": "[]"}), FORM),
    "ids of the wrong kind": (b'{"type": "event_callback", "team": 5, "event": {"type": "message"}}', JSON),
    "no UTF-8": (b"\xff\xfe", FORM),
    "nothing": (b"", JSON),
    "an unknown kind": (b'{"type": "brand_new"}', JSON),
    "an event without content": (b'{"type": "event_callback"}', JSON),
    "a command without a person": (form_of({"command": "/pilot"}), FORM),
    "deep nesting": (b'{"a":' * 5000 + b"1" + b"}" * 5000, JSON),
}


@pytest.mark.parametrize(("body", "kind"), UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_what_is_rightly_signed_but_unreadable_gets_200(
    web: httpx.AsyncClient, heard: Heard, body: bytes, kind: dict[str, str]
) -> None:
    response = await web.post("/slack/events", content=body, headers=kind | signed(body))
    assert response.status_code == 200
    assert heard == []


async def test_an_unreadable_body_without_a_signature_gets_401(web: httpx.AsyncClient) -> None:
    assert (await web.post("/slack/events", content=b'{"type": ', headers=JSON)).status_code == 401


@pytest.mark.parametrize("said", [True, False])
async def test_a_huge_body_is_not_read_to_its_end(web: httpx.AsyncClient, said: bool) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 65536 + 2):
            yield b"x" * 65536
        if not said:
            pytest.fail("read on after the limit")

    content: Any = b"x" * (MOST_BYTES + 1) if said else endless()
    assert (await web.post("/slack/events", content=content, headers=FORM)).status_code == 413


async def test_slacks_check_of_the_address_is_answered(web: httpx.AsyncClient) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c", "token": "x"}).encode()
    response = await web.post("/slack/events", content=body, headers=JSON | signed(body))
    assert response.json() == {"challenge": "c"}


async def test_only_posts_are_deliveries(web: httpx.AsyncClient) -> None:
    assert (await web.get("/slack/events")).status_code == 405
    assert (await web.get("/anything")).status_code == 404


async def test_a_replayed_command_is_carried_out_once(tmp_path: Path, counters: Counters) -> None:
    url = f"sqlite:///{tmp_path}/preflight.db"
    database.migrate(url)
    with Store.open(url) as store:
        carried_out: list[str] = []

        async def on_status(command: SlashCommand) -> None:
            await store.write(lambda _: None, delivery=(command.workspace_id, command.delivery))
            carried_out.append(command.delivery)

        router = Router()
        router.command("status", on_status)
        dispatch = Dispatch(router, SlackGateway("xoxb-made-up"), counters)
        app = bolt_app(dispatch, token="xoxb-made-up", signing_secret=SECRET)
        served = http_app(app=app, signing_secret=SECRET, parts={}, counters=counters)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=served), base_url="http://x.example"
        ) as client:
            body = form_of(COMMAND)
            headers = FORM | signed(body)
            answers = [await client.post("/slack/events", content=body, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.text for answer in answers] == ["", "", ""]
    assert len(carried_out) == 1


async def test_health_names_each_part_and_why(counters: Counters) -> None:
    async def fine() -> None:
        return

    async def broken() -> None:
        raise RuntimeError("no route to postgresql://preflight:hunter2hunter2@db.example")

    served = http_app(parts={"database": broken, "engine": fine}, counters=counters)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=served), base_url="http://x.example"
    ) as client:
        assert (await client.get("/healthz")).json() == {"ok": True}
        ready = await client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json() == {
            "ready": False,
            "database": {"ok": False, "why": "no route to postgresql://preflight:***@db.example"},
            "engine": {"ok": True},
        }
        assert (await client.post("/slack/events")).status_code == 404


async def test_a_part_that_is_fine_is_ready(web: httpx.AsyncClient) -> None:
    ready = await web.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"ready": True, "database": {"ok": True}}


async def test_metrics_are_plain_text(web: httpx.AsyncClient) -> None:
    body = form_of(COMMAND)
    await web.post("/slack/events", content=body, headers=FORM | signed(body))
    text = (await web.get("/metrics")).text
    assert 'preflight_deliveries_total{kind="command"} 1' in text


def test_nothing_can_be_verified_without_a_secret() -> None:
    with pytest.raises(ValueError, match="signing secret"):
        Signature("")


def test_slacks_own_example_of_a_signature_is_right() -> None:
    # From Slack's page "Verifying requests from Slack".
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "x-slack-request-timestamp": "1531420618",
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    assert Signature(SECRET, now=lambda: 1531420618.0).is_right(headers, body)
    assert not Signature(SECRET, now=lambda: 1531420618.0 + 301).is_right(headers, body)
