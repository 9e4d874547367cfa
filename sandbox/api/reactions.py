"""reactions.*: the app's own reactions to messages."""

import re

from sandbox import conversations, reactions
from sandbox.api.call import Call, Method
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json

_NAME = re.compile(r"[a-z0-9_+'\-]{1,100}(::skin-tone-[2-6])?")


def add(call: Call) -> Json:
    reactions.react(call.state, call.bot_user_id, *_item(call))
    return {}


def remove(call: Call) -> Json:
    reactions.unreact(call.state, call.bot_user_id, *_item(call))
    return {}


def _item(call: Call) -> tuple[str, str, str]:
    name = call.text("name").strip(":")
    if not _NAME.fullmatch(name):
        raise SlackRefusalError("invalid_name")
    channel = conversations.visible(call.state, call.bot_user_id, call.text("channel"))
    if not call.state.is_member(call.bot_user_id, channel["id"]):
        raise SlackRefusalError("not_in_channel")
    return channel["id"], call.text("timestamp"), name


METHODS: dict[str, Method] = {"reactions.add": add, "reactions.remove": remove}
