"""Who may talk to the page: a browser on this machine, from the page itself.

The sandbox has no log-in, so that any website could otherwise post to it from a person's browser. Requests must name
a loopback host, and whatever changes something must come from the page's own origin. Answers carry a strict content
policy: scripts and styles only from here, no frames, no plug-ins.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

Endpoint = Callable[[Request], Awaitable[Response]]

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def guarded(endpoint: Endpoint) -> Endpoint:
    """Put the checks before an endpoint and the policy on its answers."""

    async def checked(request: Request) -> Response:
        reason = refusal(request)
        response = PlainTextResponse(reason, 403) if reason else await endpoint(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return checked


def refusal(request: Request) -> str | None:
    """Why a request is refused, or None. A changing request without an origin is not a browser's on this page."""
    host = request.headers.get("host", "")
    if urlsplit(f"//{host}").hostname not in _LOOPBACK:
        return "The sandbox answers on this machine only."
    if request.method in ("GET", "HEAD"):
        return None
    if request.headers.get("origin") != f"http://{host}":
        return "This request did not come from the sandbox's own page."
    return None
