"""Where Slack is, and where it is not."""

import pytest

from bot.slack.addresses import is_on_this_machine, leads_to_slack


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8100/api/", "http://localhost/x", "http://[::1]:1/", "http://slack.localhost"]
)
def test_loopback_is_this_machine(url: str) -> None:
    assert is_on_this_machine(url)


@pytest.mark.parametrize(
    "url", ["https://slack.com/api/", "http://127.0.0.1.evil.example/", "http://0.0.0.0/", "http://[x", ""]
)
def test_everything_else_is_not(url: str) -> None:
    assert not is_on_this_machine(url)


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://hooks.slack.com/commands/T1/2/x", True),
        ("http://127.0.0.1:8100/actions/T1/2/x", True),
        ("http://hooks.slack.com/commands/T1/2/x", False),
        ("https://hooks.slack.com.evil.example/x", False),
        ("https://evilslack.com/x", False),
        ("http://127.0.0.1:8100@evil.example/x", False),
        ("http://127.0.0.1:8101/x", False),
        ("http://[x", False),
        ("", False),
    ],
)
def test_only_slack_and_its_stand_in_are_answered(url: str, ours: bool) -> None:
    assert leads_to_slack(url, "http://127.0.0.1:8100/api/") is ours
