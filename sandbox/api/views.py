"""views.*: modals and the Home tab."""

from sandbox import views
from sandbox.api.call import Call, Method, missing
from sandbox.api.payloads import view_of
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json


def open_view(call: Call) -> Json:
    trigger_id, payload = _trigger_id(call), view_of(call)
    trigger = call.interactivity.exchange(trigger_id, call.team_id)
    view = views.open_modal(call.state, call.installation, trigger.user_id, payload)
    return {"view": views.as_sent(view)}


def push(call: Call) -> Json:
    trigger_id, payload = _trigger_id(call), view_of(call)
    trigger = call.interactivity.exchange(trigger_id, call.team_id)
    view = views.push(call.state, call.installation, trigger.user_id, payload)
    return {"view": views.as_sent(view)}


def update(call: Call) -> Json:
    payload = view_of(call)
    view_id, external_id = call.maybe_text("view_id"), call.maybe_text("external_id")
    if view_id is None and external_id is None:
        raise missing("view_id")
    view = views.find(call.state, call.installation, view_id=view_id, external_id=external_id)
    return {"view": views.as_sent(views.update(call.state, view, payload, call.maybe_text("hash")))}


def publish(call: Call) -> Json:
    payload = view_of(call)
    user_id = call.text("user_id")
    user = call.state.user(user_id)
    if user["team_id"] != call.team_id or user["is_bot"]:
        raise SlackRefusalError("user_not_found")
    if payload.get("type") != "home":
        raise SlackRefusalError(
            "invalid_arguments",
            response_metadata={"messages": ["[ERROR] unsupported view type [json-pointer:/view/type]"]},
        )
    if not call.state.apps[call.installation["app_id"]].get("has_home", True):
        raise SlackRefusalError("not_enabled")
    view = views.publish(call.state, call.installation, user_id, payload, call.maybe_text("hash"))
    return {"view": views.as_sent(view)}


def _trigger_id(call: Call) -> str:
    return call.maybe_text("trigger_id") or call.text("interactivity_pointer")


METHODS: dict[str, Method] = {
    "views.open": open_view,
    "views.push": push,
    "views.update": update,
    "views.publish": publish,
}
