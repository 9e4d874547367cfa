"""What people do that the app has to answer: commands, shortcuts, clicks, forms, the Home tab.

Part of `actions.py`'s `Actions`, which the page and the driver use. Each interaction checks what Slack's client and
server would, delivers once, and does what the app's ack asks for. Refusals are `SlackRefusalError`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox import conversations, interaction_payloads as payloads, messages, views
from sandbox.api.payloads import refuse_broken_view
from sandbox.delivery import Ack, Delivery
from sandbox.inputs import Values, complaints, entered, stateful
from sandbox.interactivity import Interactivity, ResponseTarget
from sandbox.messages import interactive_elements
from sandbox.refusals import SlackRefusalError
from sandbox.response_urls import ResponseUrls
from sandbox.rich_text import typed as typed_by_a_person, unescape
from sandbox.state import Json, State

SLACKBOT = "USLACKBOT"


@dataclass(frozen=True)
class Outcome:
    """How the app took it. `error` is what the person is told instead, `errors` what stands at a form's fields."""

    body: Any = None
    error: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    trigger_id: str | None = None
    payload: Json = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.error is None and not self.errors


class Interactions:
    def __init__(
        self,
        state: State,
        delivery: Delivery,
        interactivity: Interactivity,
        response_urls: ResponseUrls,
    ) -> None:
        self._state = state
        self._delivery = delivery
        self._interactivity = interactivity
        self._response_urls = response_urls
        # the sandbox's own address, known once it listens
        self.address = ""

    # Commands and shortcuts

    async def run_command(self, user_id: str, channel_id: str, command: str, text: str = "") -> Outcome:
        """A slash command; what the app answers in the ack is shown as Slack does."""
        user = self._active(user_id)
        conversations.writable(self._state, user_id, channel_id)
        # Also in a channel shared with another team a person finds the commands of their own.
        installation = self._installation_for(user["team_id"])
        if command not in self._state.apps[installation["app_id"]]["commands"]:
            raise SlackRefusalError("unknown_command")
        target = self._target(installation, user_id, channel_id)
        trigger_id = self._interactivity.issue_trigger(user_id, installation["team_id"])
        keys = (trigger_id, self._response_url("commands", target))
        words = self._command_text(installation, text)
        payload = payloads.command(self._state, installation, user_id, channel_id, command, words, keys)
        ack = await self._delivery.interact("slash_commands", dict(payload))
        error = self._command_failure(ack) or self._show_answer(target, ack.body)
        if error:
            self._slackbot_says(channel_id, user_id, f'{command} failed with the error "{error}"')
        return Outcome(ack.body, error, trigger_id=trigger_id, payload=dict(payload))

    async def use_message_shortcut(self, user_id: str, channel_id: str, ts: str, callback_id: str) -> Outcome:
        self._active(user_id)
        channel = conversations.visible(self._state, user_id, channel_id)
        installation = self._installation_for(channel["context_team_id"])
        self._refuse_unknown_shortcut(installation, callback_id, "message")
        message = self._state.message(channel_id, ts)
        target = self._target(installation, user_id, channel_id, message)
        trigger_id = self._interactivity.issue_trigger(user_id, installation["team_id"])
        about = (channel_id, message, self._response_url("actions", target))
        payload = payloads.shortcut(self._state, installation, user_id, callback_id, trigger_id, about)
        return self._outcome(await self._delivery.interact("interactive", payload), trigger_id, payload)

    async def use_global_shortcut(self, user_id: str, callback_id: str) -> Outcome:
        installation = self._installation_for(self._active(user_id)["team_id"])
        self._refuse_unknown_shortcut(installation, callback_id, "global")
        trigger_id = self._interactivity.issue_trigger(user_id, installation["team_id"])
        payload = payloads.shortcut(self._state, installation, user_id, callback_id, trigger_id)
        return self._outcome(await self._delivery.interact("interactive", payload), trigger_id, payload)

    # Buttons, selects and the like

    async def click_in_message(
        self, user_id: str, channel_id: str, message: Json, block_id: str, action_id: str, given: Any = None
    ) -> Outcome:
        """Use an element of a message: `message` as the person sees it, which may be older than what is there now.

        `given` is what was chosen or typed, for elements that take something. A person of another team may click in a
        message that they see through a shared channel; `user.team_id` says so.
        """
        user, channel = self._active(user_id), self._state.channel(channel_id)
        is_guest_from_elsewhere = user["team_id"] != channel["context_team_id"]
        if not self._state.is_member(user_id, channel_id) and not is_guest_from_elsewhere:
            raise SlackRefusalError("not_in_channel")
        installation = self._installation_for(channel["context_team_id"])
        action = self._action(message.get("blocks", []), block_id, action_id, given)
        target = self._target(installation, user_id, channel_id, message)
        trigger_id = self._interactivity.issue_trigger(user_id, installation["team_id"])
        keys = (trigger_id, self._response_url("actions", target))
        now = self._state.messages[channel_id].get(message["ts"]) or message
        payload = payloads.click_in_message(self._state, installation, user_id, channel_id, now, action, keys)
        return self._outcome(await self._delivery.interact("interactive", payload), trigger_id, payload)

    async def click_in_view(
        self,
        user_id: str,
        view_id: str,
        block_id: str,
        action_id: str,
        given: Any = None,
        *,
        entries: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Outcome:
        """Use an element of an open modal or of the Home tab. `entries`: what else stands in the form by now."""
        self._active(user_id)
        view = self._view_of(user_id, view_id)
        installation = self._state.installations[view["app_installed_team_id"]]
        action = self._action(view["blocks"], block_id, action_id, given)
        self._enter(view, entries or {})
        if given is not None and any(e["action_id"] == action_id for _, e in stateful(view["blocks"])):
            self._enter(view, {block_id: {action_id: given}})
        trigger_id = self._interactivity.issue_trigger(user_id, installation["team_id"], view_id)
        payload = payloads.click_in_view(self._state, installation, user_id, view, action, trigger_id)
        return self._outcome(await self._delivery.interact("interactive", payload), trigger_id, payload)

    # Forms and the Home tab

    async def submit_view(
        self, user_id: str, view_id: str, entries: Mapping[str, Mapping[str, Any]] | None = None
    ) -> Outcome:
        """Submit a modal with `entries` (block_id → action_id → plain value) over what stands there already.

        `errors` (block_id → sentence) come from Slack's own client, then nothing was delivered, or from the app.
        """
        self._active(user_id)
        view = self._view_of(user_id, view_id)
        self._enter(view, entries or {})
        found = complaints(view, view["state"]["values"])
        if found:
            return Outcome(errors=found)
        installation = self._state.installations[view["app_installed_team_id"]]
        trigger_id = self._interactivity.issue_trigger(user_id, installation["team_id"], view_id)
        payload = payloads.submission(self._state, installation, user_id, view, trigger_id)
        ack = await self._delivery.interact("interactive", payload)
        if not ack.ok:
            return Outcome(ack.body, ack.failure, trigger_id=trigger_id, payload=payload)
        try:
            errors = self._follow_response(user_id, view, installation, ack.body)
        except SlackRefusalError as refusal:
            return Outcome(
                ack.body, f"invalid_response: {refusal.error}", trigger_id=trigger_id, payload=payload
            )
        return Outcome(ack.body, errors=errors, trigger_id=trigger_id, payload=payload)

    async def close_view(self, user_id: str, view_id: str, *, whole_stack: bool = False) -> None:
        """Cancel or the cross. The app hears `view_closed` of the views that asked for it."""
        view = self._view_of(user_id, view_id)
        clearing = whole_stack or bool(view.get("clear_on_close"))
        for closed in views.close(self._state, user_id, view, whole_stack=clearing):
            if closed.get("notify_on_close"):
                installation = self._state.installations[closed["app_installed_team_id"]]
                payload = payloads.closing(self._state, installation, user_id, closed, is_cleared=clearing)
                await self._delivery.interact("interactive", payload)

    async def open_direct_message(self, user_id: str) -> str:
        """The channel in which a person writes to the app directly."""
        installation = self._installation_for(self._active(user_id)["team_id"])
        return str(conversations.direct_message(self._state, installation["bot_user_id"], user_id)[0]["id"])

    async def open_home(self, user_id: str, tab: str = "home") -> None:
        """Look at the app's Home (or Messages) tab; the app hears `app_home_opened`."""
        installation = self._installation_for(self._active(user_id)["team_id"])
        channel_id = await self.open_direct_message(user_id)
        event: Json = {
            "type": "app_home_opened",
            "user": user_id,
            "channel": channel_id,
            "tab": tab,
            "event_ts": f"{self._state.clock.timestamp():.6f}",
        }
        home = self._state.home(user_id)
        if home is not None and tab == "home":
            event["view"] = views.as_sent(home)
        self._state.announce(event, installation["team_id"])

    # Inside

    def _active(self, user_id: str) -> Json:
        user = self._state.user(user_id)
        if user["deleted"]:
            raise SlackRefusalError("account_inactive")
        return user

    def _installation_for(self, team_id: str) -> Json:
        installation = self._state.installations.get(team_id)
        if installation is None or installation.get("revoked"):
            raise SlackRefusalError("app_not_installed")
        return installation

    def _view_of(self, user_id: str, view_id: str) -> Json:
        home = self._state.home(user_id)
        if home is not None and home["id"] == view_id:
            return home
        if view_id not in self._state.stacks.get(user_id, ()):
            raise SlackRefusalError("view_not_found")
        return self._state.views[view_id]

    def _target(
        self, installation: Json, user_id: str, channel_id: str, message: Json | None = None
    ) -> ResponseTarget:
        thread_ts = message.get("thread_ts") if message else None
        stands_above = message is not None and thread_ts == message["ts"]  # its replies are below it
        return ResponseTarget(
            user_id,
            installation["team_id"],
            channel_id,
            self._state.clock.timestamp(),
            message_ts=message["ts"] if message else None,
            thread_ts=None if stands_above else thread_ts,
            is_ephemeral=bool(message and message.get("is_ephemeral")),
        )

    def _response_url(self, kind: Literal["commands", "actions"], target: ResponseTarget) -> str:
        return self.address + self._interactivity.issue_response_url(kind, target)

    def _command_text(self, installation: Json, text: str) -> str:
        words = typed_by_a_person(self._state, installation["team_id"], text).text.strip()
        if self._state.apps[installation["app_id"]].get("escapes_commands", True):
            return _with_names(self._state, words)
        return unescape(text.strip())

    def _command_failure(self, ack: Ack) -> str | None:
        if ack.ok:
            return None
        return "operation_timeout" if ack.failure == "timeout" else "dispatch_failed"

    def _show_answer(self, target: ResponseTarget, body: Any) -> str | None:
        """Show what came in a command's ack; a broken answer is an error like none."""
        if isinstance(body, str):
            body = {"text": body} if body.strip() else None
        if not isinstance(body, dict) or not (body.get("text") or body.get("blocks")):
            return None
        try:
            self._response_urls.respond(target, body)
        except SlackRefusalError as refusal:
            return refusal.error
        return None

    def _slackbot_says(self, channel_id: str, user_id: str, text: str) -> None:
        messages.post_ephemeral(self._state, channel_id, user_id, {"user": SLACKBOT, "text": text})

    def _refuse_unknown_shortcut(self, installation: Json, callback_id: str, kind: str) -> None:
        shortcuts = self._state.apps[installation["app_id"]]["shortcuts"]
        if not any((s["callback_id"], s["type"]) == (callback_id, kind) for s in shortcuts):
            raise SlackRefusalError("unknown_shortcut")

    def _action(self, blocks: list[Json], block_id: str, action_id: str, given: Any) -> Json:
        for block in blocks:
            for element in interactive_elements(block):
                if (block.get("block_id"), element.get("action_id")) == (block_id, action_id):
                    return _checked_action(self._state, block, element, given)
        raise SlackRefusalError("action_not_found")

    def _enter(self, view: Json, entries: Mapping[str, Mapping[str, Any]]) -> None:
        values: Values = {}
        for block, element in stateful(view["blocks"]):
            given = entries.get(block["block_id"], {})
            if element["action_id"] in given:
                value = _checked_entry(element, given[element["action_id"]])
                values.setdefault(block["block_id"], {})[element["action_id"]] = value
        views.enter(self._state, view, values)

    def _follow_response(self, user_id: str, view: Json, installation: Json, body: Any) -> dict[str, str]:
        """Do what the app asked for in its ack of a submission; returns its field errors."""
        if not isinstance(body, dict) or "response_action" not in body:
            if body not in (None, "", {}):
                raise SlackRefusalError("unexpected_body")
            views.close(self._state, user_id, view)
            return {}
        action = body["response_action"]
        if action == "errors":
            return _field_errors(view, body.get("errors"))
        if action == "clear":
            views.close(self._state, user_id, view, whole_stack=True)
            return {}
        if action not in ("update", "push") or not isinstance(body.get("view"), dict):
            raise SlackRefusalError("unknown_response_action")
        refuse_broken_view(body["view"])
        if action == "update":
            views.update(self._state, view, body["view"])
        else:
            views.push(self._state, installation, user_id, body["view"])
        return {}

    def _outcome(self, ack: Ack, trigger_id: str, payload: Json) -> Outcome:
        return Outcome(ack.body, ack.failure, trigger_id=trigger_id, payload=payload)


def _checked_action(state: State, block: Json, element: Json, given: Any) -> Json:
    try:
        return payloads.action_of(state, block, element, given)
    except ValueError as impossible:
        raise SlackRefusalError("invalid_choice", detail=str(impossible)) from impossible


def _checked_entry(element: Json, given: Any) -> Json:
    try:
        return entered(element, given)
    except ValueError as impossible:
        raise SlackRefusalError("invalid_choice", detail=str(impossible)) from impossible


def _field_errors(view: Json, errors: Any) -> dict[str, str]:
    """Errors must stand at input blocks of the view, else Slack shows none of them."""
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackRefusalError("errors_at_unknown_blocks")
    return {str(block_id): str(sentence) for block_id, sentence in errors.items()}


def _with_names(state: State, words: str) -> str:
    """Commands carry `<@U…|name>`, where messages carry `<@U…>`."""
    for user_id, user in state.users.items():
        words = words.replace(f"<@{user_id}>", f"<@{user_id}|{user['name']}>")
    return words
