"""How Preflight reaches Slack: one shared HTTP session, and clients that never repeat a call by themselves.

slack_sdk's clients open a connection per call when they are not given a session, and send a post again after a dropped
connection; both are switched off here. A proxy named in the environment is used, except for a Slack on this machine.
"""

from typing import Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.addresses import is_on_this_machine

CALL_LIMIT: Final = 10.0
"""Seconds after which a call counts as unanswered."""
CONNECT_LIMIT: Final = 5.0
KEPT_OPEN: Final = 75.0


def open_session(api_url: str) -> aiohttp.ClientSession:
    """Return a new session; must be called where the event loop runs, and closed there."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            keepalive_timeout=KEPT_OPEN
        ),  # a person takes longer than aiohttp's 15 s
        timeout=aiohttp.ClientTimeout(total=CALL_LIMIT, connect=CONNECT_LIMIT),
        trust_env=not is_on_this_machine(api_url),
    )


def client(token: str, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Return a client of the Web API that uses the session and retries nothing."""
    made = AsyncWebClient(
        token=token, base_url=api_url, session=session, timeout=int(CALL_LIMIT), retry_handlers=[]
    )
    made.proxy = None  # the session knows the proxy, and where not to use it
    return made
