"""What an action of a person answers to the page: nothing, an event for the page's scripts, or a notice in plain words.

What changed reaches the page through its event stream; an answer only carries what stands in no pane. Every refusal
and every failure of the app becomes a sentence here, never an error page.
"""

from __future__ import annotations

import json

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from sandbox.actions import Outcome
from sandbox.refusals import SlackRefusalError
from sandbox.state import State

from .panes import OWN_COMMANDS
from .rendering import environment
from .stream import partial

_SENTENCES = {
    "account_inactive": "This person is deactivated. Switch to somebody else.",
    "action_not_found": "That is no longer there: the message or form has changed.",
    "already_in_channel": "Already in this channel.",
    "app_not_installed": "The app is not installed in this workspace.",
    "cant_delete_message": "Only the author or an administrator may delete this.",
    "cant_leave_general": "Nobody leaves this channel.",
    "cant_update_message": "Only the author may change this.",
    "channel_not_found": "There is no such channel for you.",
    "invalid_choice": "That cannot be chosen here.",
    "is_archived": "This channel is archived.",
    "message_not_found": "That message is gone.",
    "messages_tab_disabled": "This app takes no direct messages.",
    "no_text": "There is nothing to send.",
    "not_in_channel": "You are not in this channel.",
    "thread_not_found": "That thread is gone.",
    "user_not_found": "There is nobody of that name here.",
    "view_not_found": "That form is no longer open.",
}


class Answers:
    def __init__(self, state: State) -> None:
        self._state = state

    def heard(self, user_id: str, outcome: Outcome) -> Response:
        """Nothing where the app took it, else why it did not."""
        return notice(self.failure(user_id, outcome)) if outcome.error else done()

    def failure(self, user_id: str, outcome: Outcome) -> str:
        team_id = str(self._state.user(user_id)["team_id"])
        installation = self._state.installations.get(team_id, {})
        name = self._state.apps.get(installation.get("app_id", ""), {}).get("name", "The app")
        if outcome.error == "connection_failed":
            return f"{name} is not connected, so nobody heard that. Start it and try again."
        if outcome.error == "timeout":
            return f"{name} did not answer within three seconds."
        return f"{name} answered with an error: {outcome.error}."

    def refused(self, refusal: SlackRefusalError) -> Response:
        if refusal.error == "unknown_command":
            known = [
                *sorted({c for app in self._state.apps.values() for c in app["commands"]}),
                *OWN_COMMANDS,
            ]
            return notice(f"That is not a command here. There is {', '.join(known[:-1])} and {known[-1]}.")
        return notice(_SENTENCES.get(refusal.error, f"That was refused: {refusal.error}."))


def done(event: str = "") -> Response:
    """All went well; `event` is for the page's scripts, at the element that asked."""
    headers = {"HX-Trigger": json.dumps({event: {}})} if event else {}
    return HTMLResponse("", headers=headers)


def notice(words: str) -> Response:
    toast = Markup(environment().get_template("toast.html").render(words=words))  # noqa: S704 - our own template
    return HTMLResponse(partial("toasts", toast, "append"), headers={"HX-Trigger": "refused"})


def word(form: FormData, name: str) -> str:
    """A form's field as words; empty for one that is missing or a file."""
    value = form.get(name)
    return value if isinstance(value, str) else ""
