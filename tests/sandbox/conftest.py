"""A running sandbox, and real Slack clients that talk to it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import Timings
from sandbox.seed import CONTOSO_BOT_TOKEN
from sandbox.server import Sandbox, running_sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox(timings=Timings(retries=(0.0, 0.05, 0.05)), posts_per_second=None) as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(sandbox: Sandbox, session: aiohttp.ClientSession) -> AsyncWebClient:
    """The app's own client in the first team."""
    return AsyncWebClient(
        token=sandbox.bot_token, base_url=sandbox.api_url, session=session, retry_handlers=[]
    )


@pytest.fixture
def contoso_client(sandbox: Sandbox, session: aiohttp.ClientSession) -> AsyncWebClient:
    """The same app in the second team."""
    return AsyncWebClient(
        token=CONTOSO_BOT_TOKEN, base_url=sandbox.api_url, session=session, retry_handlers=[]
    )
