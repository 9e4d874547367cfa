"""A workspace can be made to refuse kinds of block, as one does that does not have them yet: in every place, and by hand."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.seed import AI_PILOTS, MAYA
from sandbox.server import Sandbox

TABLE = {
    "type": "data_table",
    "caption": "Pilots",
    "rows": [[{"type": "raw_text", "text": "Pilot"}], [{"type": "raw_text", "text": "Refund triage"}]],
}
DIVIDER = {"type": "divider"}


@pytest.fixture
async def browser(sandbox: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Origin": sandbox.url}) as session:
        yield session


async def refusal(client: AsyncWebClient) -> str:
    try:
        await client.chat_postMessage(channel=AI_PILOTS, text="x", blocks=[DIVIDER, TABLE])
    except SlackApiError as refused:
        return str(refused.response["response_metadata"]["messages"][0])
    return "taken"


async def test_a_kind_that_is_refused_is_named_with_its_place(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    assert await refusal(client) == "taken"
    await sandbox.actions.refuse_blocks("data_table")
    assert await refusal(client) == "[ERROR] unsupported type: data_table [json-pointer:/blocks/1/type]"
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_publish(user_id=MAYA, view={"type": "home", "blocks": [TABLE]})
    await client.chat_postMessage(channel=AI_PILOTS, text="x", blocks=[DIVIDER])
    await sandbox.actions.refuse_blocks()
    assert await refusal(client) == "taken"


async def test_the_page_switches_it_on_and_off(
    sandbox: Sandbox, client: AsyncWebClient, browser: aiohttp.ClientSession
) -> None:
    for word, then in (("Refuse charts and sortable tables", "unsupported"), ("Take charts and", "taken")):
        async with browser.get(f"{sandbox.url}/archives/{AI_PILOTS}?as={MAYA}") as page:
            assert word in await page.text()
        async with browser.post(f"{sandbox.url}/act/new-blocks", data={"as": MAYA}) as done:
            assert done.status < 300
        assert then in await refusal(client)
