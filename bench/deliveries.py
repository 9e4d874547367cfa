"""Requests as Slack sends them: slash commands and clicks as forms, signed over the raw bytes."""

import hashlib
import hmac
import itertools
import json
from time import time
from typing import Any, Final
from urllib.parse import urlencode

SIGNING_SECRET: Final = "a-signing-secret-of-the-bench"
TEAM: Final = "T0BENCH"
PERSON: Final = "U0MAYA"
CHANNEL: Final = "C0PILOTS"

_numbers = itertools.count(1)


def slash_command(text: str) -> bytes:
    """Return a signed `/pilot` command."""
    return _signed(
        {
            "token": "no longer used",
            "team_id": TEAM,
            "team_domain": "bench",
            "channel_id": CHANNEL,
            "channel_name": "ai-pilots",
            "user_id": PERSON,
            "user_name": "maya",
            "command": "/pilot",
            "text": text,
            "api_app_id": "A0BENCH",
            "is_enterprise_install": "false",
            "response_url": f"https://hooks.slack.com/commands/{TEAM}/1/x",
            "trigger_id": f"{next(_numbers)}.command",
        }
    )


def click(action_id: str, value: str, message_ts: str) -> bytes:
    """Return a signed click on a button of a message."""
    trigger = f"{next(_numbers)}.click"
    button = {
        "type": "button",
        "action_id": action_id,
        "block_id": "answers",
        "value": value,
        "text": {"type": "plain_text", "text": "Not yet", "emoji": True},
    }
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {"id": PERSON, "username": "maya", "name": "maya", "team_id": TEAM},
        "api_app_id": "A0BENCH",
        "token": "no longer used",
        "container": {
            "type": "message",
            "message_ts": message_ts,
            "channel_id": CHANNEL,
            "is_ephemeral": False,
        },
        "trigger_id": trigger,
        "team": {"id": TEAM, "domain": "bench"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": CHANNEL, "name": "ai-pilots"},
        "message": {
            "user": "U0BOT",
            "type": "message",
            "ts": message_ts,
            "bot_id": "B0BOT",
            "app_id": "A0BENCH",
            "team": TEAM,
            "text": "A question of the interview, as long as questions are. " * 4,
            "blocks": [
                {"type": "section", "text": {"type": "mrkdwn", "text": "Why it is asked. " * 30}},
                {"type": "actions", "block_id": "answers", "elements": [button] * 5},
            ],
        },
        "state": {"values": {}},
        "response_url": f"https://hooks.slack.com/actions/{TEAM}/1/x",
        "actions": [{**button, "action_ts": message_ts}],
    }
    return _signed({"payload": json.dumps(payload)})


def _signed(form: dict[str, str]) -> bytes:
    body = urlencode(form).encode()
    timestamp = str(int(time()))
    mac = hmac.new(SIGNING_SECRET.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
    head = (
        "POST /slack/events HTTP/1.1\r\n"
        "host: 127.0.0.1\r\n"
        "user-agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
        "accept: application/json,*/*\r\n"
        "content-type: application/x-www-form-urlencoded\r\n"
        f"content-length: {len(body)}\r\n"
        f"x-slack-request-timestamp: {timestamp}\r\n"
        f"x-slack-signature: v0={mac.hexdigest()}\r\n\r\n"
    )
    return head.encode() + body
