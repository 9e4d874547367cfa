"""api.test, apps.connections.open and blocks.validate: what needs no workspace."""

from typing import Any

from sandbox.api.call import Call, Method
from sandbox.refusals import SlackRefusalError
from sandbox.state import Json
from sandbox.validator import Problem, blocks_problems, message_problems, view_problems


def api_test(call: Call) -> Json:
    if call.maybe_text("error"):
        raise SlackRefusalError(call.text("error"), args=dict(call.arguments))
    return {"args": dict(call.arguments)}


def open_connection(call: Call) -> Json:
    address = call.address.replace("http://", "ws://", 1)
    return {"url": f"{address}/link/?ticket={call.socket_ticket()}"}


def validate_blocks(call: Call) -> Json:
    given = {
        name: value
        for name in ("blocks", "message", "view")
        if (value := call.nested(name, f"invalid_{name}")) is not None
    }
    if len(given) != 1:
        raise SlackRefusalError(
            "invalid_arguments",
            response_metadata={"messages": ["[ERROR] provide exactly one of blocks, message, view"]},
        )
    ((name, value),) = given.items()
    problems = _problems(name, value)
    if problems:
        found = [{"pointer": p.pointer, "code": "failed_constraint", "message": p.message} for p in problems]
        raise SlackRefusalError(f"invalid_{name}", errors=found)
    return {}


def _problems(name: str, value: Any) -> list[Problem]:
    if name == "blocks":
        return blocks_problems(value)
    return message_problems(value) if name == "message" else view_problems(value)


METHODS: dict[str, Method] = {
    "api.test": api_test,
    "apps.connections.open": open_connection,
    "blocks.validate": validate_blocks,
}
