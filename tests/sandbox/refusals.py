"""What Slack's clients say when the sandbox refuses."""

from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient


async def refusal(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    """The error code of a call; "ok" where it was carried out."""
    return str((await answer(client, method, **arguments)).get("error", "ok"))


async def answer(client: AsyncWebClient, method: str, **arguments: Any) -> dict[str, Any]:
    """A call's answer, whether carried out or refused."""
    try:
        response = await client.api_call(method, json=arguments)
    except SlackApiError as refused:
        response = refused.response
    assert isinstance(response.data, dict)
    return response.data
