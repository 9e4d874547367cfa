"""How the sandbox says no: one exception that carries Slack's own error code.

Raised by the rules in this package and translated into `{"ok": false, "error": …}` by the Web API, and into a plain
sentence by the page. It must never carry anything but what Slack would answer.
"""

from typing import Any


class SlackRefusalError(Exception):
    """Slack would answer `ok: false` with this error code, and with these further fields."""

    def __init__(self, error: str, **extras: Any) -> None:
        super().__init__(error)
        self.error = error
        self.extras = extras
