"""What counts as a slip of the pen mended, and what is another statement."""

import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.wording import only_corrected

unhurried = settings(deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The dashbaord shows it", "The dashboard shows it"),
        ("It recieves every alert", "It receives every alert"),
        ("This has occured twice", "This has occurred twice"),
        ("We have comitted to it", "We have committed to it"),
        ("An alert on the responce time", "An alert on the response time"),
        ("Escalated to the platfrom team", "Escalated to the platform team"),
        ("A seperate and independant team", "A separate and independent team"),
        ("It was definately tested", "It was definitely tested"),
        ("The managment agreed", "The management agreed"),
        ("the alert is live", "The alert is live."),
        ("Live since March, tested twice", "Live since March; tested twice!"),
        ("Live  since\n March", "Live since March"),
        ('They call it "the switch"', "They call it “the switch”"),
        ("monitoring (live)", "monitoring: live"),
        ("Covers 95 % of cases", "Covers 95% of cases"),
        ("PRODUCTION runs it", "production runs it"),
        ("*Tested* in `staging`", "Tested in staging"),
        ("", "   "),
    ],
)
def test_a_slip_that_is_mended_says_the_same(before: str, after: str) -> None:
    assert only_corrected(before, after)
    assert only_corrected(after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The switch works", "The switch works not"),
        ("It is now tested", "It is not tested"),
        ("It is on", "It is off"),
        ("We can restart it", "We can't restart it"),
        ("It is never restarted", "It is newer restarted"),
        ("Nothing to add, nothing open", "Noting to add, nothing open"),
        ("It runs without a person", "It runs within a person"),
        ("Three people answer", "There people answer"),
        ("eight people answer", "eighty people answer"),
        ("sixty cases a day", "sixth cases a day"),
        ("Owned by Jonas Berg", "Owned by Jonas Borg"),
        ("Owned by Marie", "Owned by Maria"),
        ("<@U0MAYA> is on call", "<@U0JONAS> is on call"),
        ("Answers within 5 minutes", "Answers within 50 minutes"),
        ("It takes 1,5 hours", "It takes 15 hours"),
        ("It takes 1.5 hours", "It takes 15 hours"),
        ("It costs .5 cents", "It costs 5 cents"),
        ("Latency < 5 s", "Latency > 5 s"),
        ("Latency <5s", "Latency >5s"),
        ("Grows by +5 points", "Grows by -5 points"),
        ("Up to ~5 cases", "Up to 5 cases"),
        ("Tested on Monday", "Tested on Monday?"),
        ("Costs 10 € a day", "Costs 10 $ a day"),
        ("See https://a.example/Runbook", "See https://a.example/runbook"),
        ("See https://a.example/one", "See https://a.example/two"),
        ("Ask IT for it", "Ask it for it"),
        ("We will approve every case", "We will approved every case"),
        ("The test passes", "The tests passes"),
        ("A stable answer", "A stale answer"),
        ("Checked by a person", "Checked by two persons"),
        ("All cases are looked at", "cases are looked at"),
        ("Maya asks Jonas", "Jonas asks Maya"),
        ("Use v2", "Use v3"),
        ("Sent daily", "Sent dally"),
        ("We prevent customer data", "We present customer data"),
        ("The contact is signed", "The contract is signed"),
        ("The policy was adopted", "The policy was adapted"),
        ("Errors are expected", "Errors are excepted"),
        ("All drivers are insured", "All drivers are injured"),
        ("The check is failing", "The check is falling"),
        ("This use is prescribed", "This use is proscribed"),
        ("The team is uniformed", "The team is uninformed"),
        ("已上线", "未上线"),
        ("التحقق مفعل", "التحقق معطل"),
        ("Status ✅", "Status ❌"),
        ("Live", ""),
    ],
)
def test_everything_else_is_another_statement(before: str, after: str) -> None:
    assert not only_corrected(before, after)
    assert not only_corrected(after, before)


@unhurried
@given(st.text(max_size=60))
def test_every_text_says_what_it_says(text: str) -> None:
    assert only_corrected(text, text)


@unhurried
@given(st.text(max_size=40), st.text(max_size=40))
def test_it_makes_no_difference_which_text_was_first(one: str, other: str) -> None:
    assert only_corrected(one, other) is only_corrected(other, one)


@unhurried
@given(st.text(max_size=30), st.integers(0, 10_000), st.integers(0, 10_000), st.text(max_size=30))
def test_another_figure_is_never_a_slip(before: str, one: int, other: int, after: str) -> None:
    if one != other:
        assert not only_corrected(f"{before} {one} {after}", f"{before} {other} {after}")
