"""The Bolt app: it verifies signatures and answers Slack's checks; `dispatch` does the rest.

`process_before_response` makes Bolt answer as soon as our function returns, instead of looking for the ack every ten
milliseconds. The token is known from the settings, so that no request waits for auth.test.
"""

import logging
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext

from bot.slack.answers import Identity
from bot.slack.dispatch import Dispatch

log: Final = logging.getLogger("slack_bolt.preflight")


class KnownToken(AsyncAuthorize):
    """Answers for every workspace with the one token there is; the bot's own ids are known once Slack has said them."""

    def __init__(self, token: str, identity: Identity | None) -> None:
        self._token = token
        self._identity = identity

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002 - Bolt's signature
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,  # noqa: ARG002
        actor_team_id: str | None = None,  # noqa: ARG002
        actor_user_id: str | None = None,  # noqa: ARG002
    ) -> AuthorizeResult:
        """Return the token and who the bot is."""
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            bot_token=self._token,
            bot_user_id=self._identity.bot_user_id if self._identity else None,
            bot_id=self._identity.bot_id if self._identity else None,
        )


def bolt_app(
    dispatch: Dispatch, *, token: str, signing_secret: str | None = None, identity: Identity | None = None
) -> AsyncApp:
    """Return the Bolt app. Without a signing secret it serves Socket Mode only, and refuses every HTTP request."""
    log.setLevel(
        logging.ERROR
    )  # Bolt remarks on variables of the environment that it finds but does not need
    app = AsyncApp(
        name="preflight",
        logger=log,
        process_before_response=True,
        signing_secret=signing_secret or "",
        authorize=KnownToken(token, identity),
        # Bolt takes the deletion of one of our messages for something that we did; `events` leaves out what we say ourselves.
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.use(dispatch)
    return app
