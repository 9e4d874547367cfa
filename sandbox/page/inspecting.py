"""The traffic between the sandbox and the app, in the words of the page's inspector."""

from __future__ import annotations

from markupsafe import Markup

from sandbox.traffic import Traffic

from .rendering import pretty_json


def exchange_note(entry: Traffic) -> str:
    """The one detail that tells exchanges of one name apart."""
    about = entry.request if isinstance(entry.request, dict) else {}
    event = about.get("event")
    if isinstance(event, dict):
        return " ".join(str(event[key]) for key in ("type", "subtype") if event.get(key))
    if about.get("command"):
        return f"{about['command']} {about.get('text', '')}".strip()
    actions = about.get("actions")
    if isinstance(actions, list) and actions:
        return str(actions[0].get("action_id", ""))
    view = about.get("view")
    if isinstance(view, dict):
        return f"{about.get('type', '')} {view.get('callback_id', '')}".strip()
    return str(about.get("channel") or about.get("user") or about.get("type") or "")[:40]


def exchange_detail(entry: Traffic) -> Markup:
    """Both sides of an exchange as JSON."""
    parts = [("Sent", entry.request), ("Answered", entry.response)]
    return Markup("").join(
        Markup('<h4>{}</h4><pre class="code-block">{}</pre>').format(title, pretty_json(value))
        for title, value in parts
        if value is not None
    )
