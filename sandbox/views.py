"""Modals and Home views: opening, pushing, updating, publishing, closing, and the state that Slack keeps for them.

A view's id never changes, its hash changes with each update, and what a person has entered survives an update where
block_id and action_id do. Who may do what with which trigger is `interactivity.py`'s business.
"""

import hashlib

from sandbox.copies import copied
from sandbox.inputs import Values, current_values, kept_values
from sandbox.messages import complete, complete_texts
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json, State

STACK_LIMIT = 3

_GIVEN = ("type", "blocks", "private_metadata", "callback_id", "external_id", "title", "close", "submit")
_FLAGS = ("clear_on_close", "notify_on_close", "submit_disabled")


def open_modal(state: State, installation: Json, user_id: str, payload: Json) -> Json:
    """A first modal; one that was open before makes way."""
    _refuse_taken_external_id(state, installation, payload)
    for view_id in state.stacks.pop(user_id, []):
        state.views.pop(view_id, None)
        state.typed.pop(view_id, None)
    view = _new_view(state, installation, payload, "modal")
    return _put_on_top(state, user_id, view)


def push(state: State, installation: Json, user_id: str, payload: Json) -> Json:
    stack = state.stacks.get(user_id, [])
    if not stack:
        raise SlackRefusalError("not_found")
    if len(stack) >= STACK_LIMIT:
        raise SlackRefusalError("push_limit_reached")
    _refuse_taken_external_id(state, installation, payload)
    view = _new_view(state, installation, payload, "modal")
    view |= {"previous_view_id": stack[-1], "root_view_id": state.views[stack[0]]["root_view_id"]}
    return _put_on_top(state, user_id, view)


def update(state: State, view: Json, payload: Json, given_hash: str | None = None) -> Json:
    """Replace a view's content. `hash_conflict` when the hash given is no longer the current one."""
    if given_hash and given_hash != view["hash"]:
        raise SlackRefusalError("hash_conflict")
    typed = state.typed.get(view["id"], {})
    content = _content(state, payload, str(view["type"]))
    view |= content | {"hash": _new_hash(state, view["id"])}
    for name in ("external_id", "private_metadata", "callback_id"):
        view[name] = content.get(name, "")
    state.typed[view["id"]] = kept_values(view["blocks"], typed)
    _refresh(state, view)
    state.changed(
        "view" if view["type"] == "modal" else "home", user_id=owner(state, view), view_id=view["id"]
    )
    return view


def publish(
    state: State, installation: Json, user_id: str, payload: Json, given_hash: str | None = None
) -> Json:
    """Put up a person's Home tab; the view keeps its id from then on."""
    home = state.homes.get(user_id)
    if home is not None:
        return update(state, home, payload, given_hash)
    view = _new_view(state, installation, payload, "home")
    state.homes[user_id] = view
    state.changed("home", user_id=user_id, view_id=view["id"])
    return view


def enter(state: State, view: Json, values: Values) -> None:
    """What a person puts in; blocks and elements that the view does not have are dropped."""
    typed = copied(state.typed.get(view["id"], {}))
    for block_id, by_action in values.items():
        typed.setdefault(block_id, {}).update(by_action)
    state.typed[view["id"]] = kept_values(view["blocks"], typed)
    _refresh(state, view)


def close(state: State, user_id: str, view: Json, *, whole_stack: bool = False) -> list[Json]:
    """Take away a view with all above it (or the whole stack); returns them, the top one first."""
    stack = state.stacks.get(user_id, [])
    if view["id"] not in stack:
        return []
    keep = 0 if whole_stack else stack.index(view["id"])
    closed = [state.views.pop(view_id) for view_id in reversed(stack[keep:])]
    for gone in closed:
        state.typed.pop(gone["id"], None)
    state.stacks[user_id] = stack[:keep]
    state.changed("view", user_id=user_id, view_id=view["id"])
    return closed


def owner(state: State, view: Json) -> str:
    """Whose view it is."""
    for user_id, stack in state.stacks.items():
        if view["id"] in stack:
            return user_id
    return next((user_id for user_id, home in state.homes.items() if home["id"] == view["id"]), "")


def find(state: State, installation: Json, *, view_id: str | None, external_id: str | None) -> Json:
    """A view of this app in this team, by either id."""
    for view in (*state.views.values(), *state.homes.values()):
        if view["app_installed_team_id"] != installation["team_id"]:
            continue
        if (view_id and view["id"] == view_id) or (external_id and view["external_id"] == external_id):
            return view
    raise SlackRefusalError("not_found")


def as_sent(view: Json) -> Json:
    """A copy, as it goes into payloads and answers."""
    return copied(view)


def _put_on_top(state: State, user_id: str, view: Json) -> Json:
    state.views[view["id"]] = view
    state.stacks.setdefault(user_id, []).append(view["id"])
    state.changed("view", user_id=user_id, view_id=view["id"])
    return view


def _new_view(state: State, installation: Json, payload: Json, kind: str) -> Json:
    view_id = state.new_id("V")
    view: Json = {
        "id": view_id,
        "team_id": installation["team_id"],
        "state": {"values": {}},
        "hash": _new_hash(state, view_id),
        "previous_view_id": None,
        "root_view_id": view_id,
        "app_id": installation["app_id"],
        "app_installed_team_id": installation["team_id"],
        "bot_id": installation["bot_id"],
    }
    view |= {"private_metadata": "", "callback_id": "", "external_id": ""} | _content(state, payload, kind)
    _refresh(state, view)
    return view


def _content(state: State, payload: Json, kind: str) -> Json:
    content: Json = {"title": None, "close": None, "submit": None} | dict.fromkeys(_FLAGS, False)
    content |= {name: copied(payload[name]) for name in (*_GIVEN, *_FLAGS) if payload.get(name) is not None}
    if kind == "home" and content["title"] is None:
        content["title"] = {"type": "plain_text", "text": "View Title", "emoji": True}
    if payload.get("type", kind) != kind:
        raise SlackRefusalError(
            "invalid_arguments", response_metadata={"messages": ["[ERROR] wrong view type"]}
        )
    content["blocks"] = content.get("blocks", [])
    complete(state, content["blocks"])
    complete_texts([content["title"], content["submit"], content["close"]])
    return content


def _refresh(state: State, view: Json) -> None:
    view["state"] = {"values": current_values(view["blocks"], state.typed.get(view["id"], {}))}


def _new_hash(state: State, view_id: str) -> str:
    stamp = f"{state.clock.timestamp():.0f}"
    digest = hashlib.sha256((view_id + state.new_id("H")).encode()).hexdigest()
    return f"{stamp}.{digest[:8]}"


def _refuse_taken_external_id(state: State, installation: Json, payload: Json) -> None:
    wanted = payload.get("external_id")
    for view in state.views.values():
        if (
            wanted
            and view["external_id"] == wanted
            and view["app_installed_team_id"] == installation["team_id"]
        ):
            raise SlackRefusalError("duplicate_external_id")
