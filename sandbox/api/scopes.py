"""Which scopes a call needs, for apps that declare theirs. What is missing is answered with `missing_scope`."""

from collections.abc import Mapping

from sandbox.api.call import Call
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json

# method → the scopes of which one is enough; methods that are not listed need none, or one by kind of channel
_BY_METHOD: Mapping[str, tuple[str, ...]] = {
    "bots.info": ("users:read",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.join": ("channels:join",),
    "conversations.open": ("im:write",),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "reactions.add": ("reactions:write",),
    "reactions.remove": ("reactions:write",),
    "team.info": ("team:read",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
}
# method → what is done to the channel; the scope's first half is the channel's kind
_BY_CHANNEL: Mapping[str, str] = {
    "conversations.history": "history",
    "conversations.info": "read",
    "conversations.members": "read",
    "conversations.replies": "history",
}
_LISTED: Mapping[str, str] = {
    "public_channel": "channels:read",
    "private_channel": "groups:read",
    "im": "im:read",
}


def refuse_without_scope(call: Call) -> None:
    provided = scopes_of(call)
    if provided is None:
        return
    for enough in _needed(call):
        if not set(enough) & set(provided):
            raise SlackRefusalError("missing_scope", needed=",".join(enough), provided=",".join(provided))


def scopes_of(call: Call) -> list[str] | None:
    """The app's scopes; None for an app that may do everything."""
    if not call.installation:
        return None
    app: Json = call.state.apps[call.installation["app_id"]]
    scopes: list[str] | None = app.get("scopes")
    return scopes


def _needed(call: Call) -> list[tuple[str, ...]]:
    if call.method in _BY_METHOD:
        return [_BY_METHOD[call.method]]
    if call.method == "conversations.list":
        return [(_LISTED[kind],) for kind in call.ids("types") or ["public_channel"] if kind in _LISTED]
    kind = _kind(call)
    if call.method in _BY_CHANNEL:
        return [(f"{kind}:{_BY_CHANNEL[call.method]}",)]
    if call.method == "conversations.invite":
        return [(f"{kind}:write.invites", "channels:manage" if kind == "channels" else "groups:write")]
    return []


def _kind(call: Call) -> str:
    channel = call.state.channels.get(str(call.arguments.get("channel")), {})
    if channel.get("is_im"):
        return "im"
    return "groups" if channel.get("is_private") else "channels"
