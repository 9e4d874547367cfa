"""Where Slack is. Light enough to be imported by whoever only reads settings."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

SLACK_API_URL: Final = "https://slack.com/api/"


def is_on_this_machine(url: str) -> bool:
    """Whether an address leads to a loopback interface."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:
        return False


def leads_to_slack(url: str, api_url: str) -> bool:
    """Whether an address is Slack's own, or on the host that speaks its API here (the sandbox)."""
    try:
        address, own = urlsplit(url), urlsplit(api_url)
        same_host = (address.scheme, address.hostname, address.port) == (own.scheme, own.hostname, own.port)
    except ValueError:
        return False
    host = address.hostname or ""
    return same_host or (address.scheme == "https" and (host == "slack.com" or host.endswith(".slack.com")))
