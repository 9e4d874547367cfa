"""Every message, form and Home tab that the product can build is one that Slack takes, at its longest and most hostile."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.actions import Action
from bot.domain.answers import Answer, Status
from bot.domain.asks import Ask
from bot.domain.conversations import Interview, InterviewState
from bot.domain.framework import Step
from bot.domain.interview import Progress, progress
from bot.domain.messages import Body
from bot.domain.notices import Blocker
from bot.domain.pilots import Metric, Pilot
from bot.domain.playbook import Gate, Item, Playbook
from bot.domain.readiness import Move, Standing, Verdict, verdict
from bot.domain.reviews import Review
from bot.domain.steps import Footing, StepTaken
from bot.interview import summary as interview_summary
from bot.interview.summary_facts import Request, SummaryFacts
from bot.pilots import messages as pilot_messages
from bot.portfolio import awaited_messages, messages as portfolio_messages, waiting
from bot.portfolio.status_messages import status_message
from bot.slack.blocks import Choice
from bot.slack.standing_in import plainly, without_instead
from prompts.library import Library
from sandbox.validator import problems_of_message, problems_of_view

from .answered import every_message as answers_messages, every_view as answers_views
from .asked import every_message as asking_messages, every_view as asking_views
from .compared import every_message as posture_messages, every_view as posture_views
from .conversed import every_message as conversation_messages, every_view as conversation_views
from .exported_shown import every_message as export_messages, every_view as export_views
from .gate_shown import every_message as gate_messages, every_view as gate_views, review_of
from .handover_shown import every_message as handover_messages, every_view as handover_views
from .nudged_shown import every_message as nudge_messages, every_view as nudge_views
from .orphans_shown import every_message as orphans_messages
from .overviewed import every_message as overview_messages, every_view as overview_views
from .remembered import every_message as history_messages
from .reminded import more_awaits
from .reopening_shown import every_message as reopening_messages
from .stages_shown import every_message as stages_messages, every_view as stages_views
from .waived import every_message as waiver_messages, every_view as waiver_views, waived_verdict
from .watched_shown import every_message as watched_messages, every_view as watched_views

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LIBRARY = Library.load()
SEVEN = {"integration", "monitoring", "fallback", "ownership", "cost-model", "guardrails", "rollback"}
PLAIN = "Refund triage"
OURS = re.compile(
    r"<@U0(?:MAYA|JONAS|PRIYA|SAM|DANA|SEAT\d+)>|<!subteam\^S0(?:PAYMENTS|GATE)>|<#C0PILOTS>"
    r"|<!date\^\d+\^(?:\{date_short_pretty\}(?: \{time\})?|\{ago\})\|[^<>|^]+>"
    r"|<https://s\.example/p1\|(?:the (?:thread|question)|The review)>"
    r"|<https://s\.example/card\|[^<>|]+>"
    r"|<https?://(?P<host>[^<>|/]+)[^<>|]*\|(?P=host)[^<>|]*>"
)
HOSTILE = {
    # What would be a mention, a mass ping, a link that lies, an entity, turned words or styling; some of it within the
    # first twenty characters, because much is cut to so few.
    "markup": "<@U0EVERYONE> &lt;\u202e!channel&gt; <!here> &amp;&amp; <https://evil.example|https://good.example> "
    "<!date^0^{date}^https://evil.example|x> <!channel> "
    + "*bold* _it_ ~gone~ `code` ```block``` > quote\n\n• list\n <"
    * 8,
    "longest when escaped": "&" * 500,
    "scripts": "\u200fمرحبا\u200f 🦜👩‍👩‍👧‍👦🇩🇪" * 16 + "返金トリアージ🦜" * 40,
    "one word": "a" * 500 + "🇩🇪" * 60,
}
"""Each shows several things at once, because rendering everything takes seconds."""


def cut_to(text: str, most: int) -> str:
    return text[:most].strip() or "x"


def pilot_named(text: str) -> Pilot:
    return Pilot(
        id="0123456789abcdef",
        workspace_id="T0",
        name=cut_to(text, 80),
        problem=cut_to(text, 500),
        stage="pilot",
        champion_id="U0MAYA",
        owner_id="S0PAYMENTS",
        channel_id="C0PILOTS",
        metric=Metric(
            name=cut_to(text, 120),
            unit=cut_to(text, 20),
            baseline=Decimal("-12345678901234567890.5"),
            bar=Decimal(60),
        ),
        registered_by="U0MAYA",
        registered_at=NOW - timedelta(days=900),
        stage_since=NOW - timedelta(days=900),
        last_change_at=NOW - timedelta(days=400),
        required=7,
        in_place=5,
    )


def gate() -> Gate:
    found = LIBRARY.playbook.gate("readiness")
    assert found
    return found


def items() -> tuple[Item, ...]:
    """Return the items that the messages are about: the seven, one of each kind, and those with the longest texts."""
    found = LIBRARY.playbook.items_of(gate())
    kinds = {item.kind: item for item in reversed(found)}
    longest = sorted(found, key=lambda item: len(item.question + item.why + item.good), reverse=True)[:3]
    chosen = {item.id for item in (*kinds.values(), *longest)} | SEVEN
    return tuple(item for item in found if item.id in chosen)


def answer_with(text: str, item: Item, status: Status) -> Answer:
    return Answer(
        pilot_id="0123456789abcdef",
        item_id=item.id,
        revision=3,
        status=status,
        detail=(text + " ") * 80,
        evidence=tuple(f"https://wiki.example/{'x' * 300}/{n}?a=<b>&c={n}" for n in range(40)),
        concern="vague",
        answered_by="U0MAYA",
        answered_at=NOW - timedelta(days=41),
        interview_id="aaaaaaaaaaaaaaaa",
    )


def judged(text: str, statuses: tuple[Status, ...]) -> Verdict:
    given = {item.id: answer_with(text, item, statuses[n % len(statuses)]) for n, item in enumerate(items())}
    return verdict(items(), given, NOW)


def summed_up(pilot: Pilot, found: Verdict, text: str) -> Iterator[SummaryFacts]:
    """Return a verdict as its summary sees it: nobody on anything, everybody late, everything asked of somebody else."""
    ids = [one.item.id for one in found.items]
    ask = Ask(
        id="c" * 16,
        workspace_id="T0",
        pilot_id=pilot.id,
        item_id="",
        asked_id="S0PAYMENTS",
        people=("U0JONAS",),
        asked_by="U0MAYA",
        asked_at=NOW,
    )
    action = Action(
        id="d" * 16,
        workspace_id="T0",
        pilot_id=pilot.id,
        item_id="",
        what=cut_to(text * 9, 3000),
        owner_said=cut_to(text, 200),
        due_on=NOW.date() - timedelta(days=9),
        created_by="U0MAYA",
        created_at=NOW,
    )
    moves = tuple(Move(item=one.item, before=Standing.MISSING, now=one.standing) for one in found.items)
    step = Step(id="step", title=cut_to(text, 60))
    steps = tuple(StepTaken(step=step, footing=footing) for footing in Footing)
    for request, asks, actions in (
        (Request.NOT_MADE, [], []),
        (Request.OPEN, [], ids),
        (Request.PASSED, ids, []),
    ):
        yield SummaryFacts(
            pilot=pilot,
            gate=gate(),
            verdict=found,
            request=request,
            actions=dict.fromkeys(actions, action),
            asks=dict.fromkeys(asks, ask),
            moves=moves,
            steps=steps,
            now=NOW,
            today=NOW.date(),
        )


def interview(state: InterviewState = InterviewState.OPEN, passed: int = 3) -> Interview:
    asked = tuple(item.id for item in items())
    return Interview(
        id="aaaaaaaaaaaaaaaa",
        workspace_id="T0",
        pilot_id="0123456789abcdef",
        gate_id="readiness",
        channel_id="C0PILOTS",
        state=state,
        started_by="U0MAYA",
        started_at=NOW,
        last_turn_at=NOW,
        playbook_version="v",
        asked=asked,
        passed=asked[:passed],
    )


STATUSES = [
    (Status.IN_PLACE,),
    (Status.NOT_YET,),
    (Status.PARTLY,),
    (Status.NOT_APPLICABLE,),
    (Status.SKIPPED,),
    tuple(Status),
]


def every_message(text: str) -> Iterator[tuple[str, Body]]:
    pilot = pilot_named(text)
    for statuses in STATUSES:
        found = judged(text, statuses)
        for asked in (False, True):
            yield (
                "card",
                pilot_messages.card_message(
                    LIBRARY, pilot, gate(), found, pilot_messages.Situation(asked=asked)
                ),
            )
        for facts in summed_up(pilot, found, text):
            yield "summary", interview_summary.summary_message(LIBRARY, facts)
            yield "status", status_message(LIBRARY, pilot, facts, NOW, share=True)
    for count in (1, 3, len(items())):
        accepted = waived_verdict(items(), text, count)
        yield "waived card", pilot_messages.card_message(LIBRARY, pilot, gate(), accepted)
        for facts in summed_up(pilot, accepted, text):
            yield "waived summary", interview_summary.summary_message(LIBRARY, facts)
    yield from gate_messages(LIBRARY, pilot, items(), answer_with, text)
    yield from waiver_messages(LIBRARY, pilot, items(), text)
    yield from handover_messages(LIBRARY, pilot, gate(), judged(text, STATUSES[0]), text)
    yield from orphans_messages(LIBRARY, pilot, text)
    at_the_end = pilot.model_copy(update={"stage": "production"})
    yield "card at the end", pilot_messages.card_message(LIBRARY, at_the_end, None, Verdict(items=()))
    yield (
        "status at the end",
        status_message(LIBRARY, at_the_end, None, NOW, share=True),
    )
    retired = pilot.model_copy(update={"stage": "retired"})
    yield "retired card", pilot_messages.card_message(LIBRARY, retired, None, Verdict(items=()))
    yield from stages_messages(LIBRARY, pilot, gate(), judged(text, STATUSES[1]), text)
    yield from watched_messages(LIBRARY, pilot, gate(), judged(text, STATUSES[1]), text)
    yield from conversation_messages(LIBRARY, pilot, gate(), interview(), items(), answer_with, text)
    found = judged(text, STATUSES[0])
    yield from asking_messages(LIBRARY, pilot, items()[:4], answer_with, text)
    yield from answers_messages(LIBRARY, pilot, answer_with, text)
    yield from posture_messages(LIBRARY, pilot, items(), text)
    yield from history_messages(LIBRARY, pilot, text)
    yield from reopening_messages(LIBRARY, pilot, items(), answer_with, text)
    yield from nudge_messages(LIBRARY, pilot, review_of(pilot, found), text)
    yield from overview_messages(LIBRARY, pilot, text)
    yield from export_messages(LIBRARY, pilot, text)
    yield "help", portfolio_messages.help_message(LIBRARY, share=True)
    yield (
        "mine",
        awaited_messages.mine_message(LIBRARY, everything_awaits(text, pilot, review_of(pilot, found))),
    )
    yield "mine", awaited_messages.mine_message(LIBRARY, waiting.Waiting())


def every_view(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    pilot = pilot_named(text)
    review = review_of(pilot, judged(text, (Status.IN_PLACE,)))
    groups = [Choice(cut_to(text, 200), f"S0{n:08d}") for n in range(150)]
    yield (
        "register",
        pilot_messages.register_form(LIBRARY, champion_id="U0MAYA", channel_id="C0PILOTS", groups=groups),
    )
    yield "register", pilot_messages.register_form(LIBRARY, champion_id="U0MAYA", channel_id=None, groups=[])
    yield from watched_views(LIBRARY, pilot_named(text))
    yield from stages_views(LIBRARY, pilot, gate(), text)
    yield from asking_views(LIBRARY, pilot, items()[:4], groups, text)
    yield from answers_views(LIBRARY, pilot, answer_with, text)
    yield from gate_views(LIBRARY, pilot, items(), answer_with, text)
    yield from waiver_views(LIBRARY, pilot, gate(), items(), text)
    yield from handover_views(LIBRARY, pilot, groups, text)
    yield from posture_views(LIBRARY, pilot, items(), text)
    yield from conversation_views(LIBRARY, items(), text)
    yield from nudge_views(LIBRARY, pilot, text)
    yield from overview_views(LIBRARY, pilot, everything_awaits(text, pilot, review), text)
    yield from export_views(LIBRARY, pilot, text)


def everything_awaits(text: str, pilot: Pilot, review: Review) -> waiting.Waiting:
    """More than fits, of every kind."""
    interview = Interview(
        id="i", workspace_id="T1", pilot_id=pilot.id, gate_id="readiness", channel_id="C0PILOTS",
        state=InterviewState.PAUSED, started_by="U0MAYA", started_at=NOW, last_turn_at=NOW,
        playbook_version="1", asked=("monitoring", "rollback"),
    )  # fmt: skip
    ask = Ask(
        id="a", workspace_id="T1", pilot_id=pilot.id, item_id="monitoring", asked_id="U0JONAS",
        people=("U0JONAS",), note=text[:300], asked_by="U0MAYA", asked_at=NOW,
    )  # fmt: skip
    action = Action(
        id="c", workspace_id="T1", pilot_id=pilot.id, item_id="monitoring", what=text[:3000],
        owner_id="U0JONAS", due_on=NOW.date(), created_by="U0MAYA", created_at=NOW,
    )  # fmt: skip
    each = [f"{n:016x}" for n in range(60)]
    blocker = Blocker(
        id="b", workspace_id="T1", pilot_id=pilot.id, what=cut_to(text, 1000), by_id="U0JONAS",
        reported_by="U0MAYA", reported_at=NOW, due_on=NOW.date(),
    )  # fmt: skip
    return waiting.Waiting(
        decisions=[
            waiting.ToDecide(
                pilot.model_copy(update={"id": n, "decide_on": NOW.date(), "extended": number % 4}),
                overdue=number % 2 == 0,
                may_be_asked=number % 3 == 0,
                may_go_back=True,
            )
            for number, n in enumerate(each)
        ],
        ready=[waiting.Ready(pilot.model_copy(update={"id": n, "ready": True})) for n in each],
        blockers=[waiting.InTheWay(blocker.model_copy(update={"id": n}), pilot, overdue=True) for n in each],
        handed=[
            waiting.Handed(
                ask.model_copy(update={"id": n, "item_id": n}), pilot, items()[0].model_copy(update={"id": n})
            )
            for n in each
        ],
        undertaken=[
            waiting.Undertaken(
                action.model_copy(update={"id": n, "item_id": n}), pilot, text[:60], overdue=True
            )
            for n in each
        ],
        underway=[
            waiting.Underway(
                interview.model_copy(update={"id": n}), pilot, progress(interview), "https://s.example/p2"
            )
            for n in each
        ],
        unfinished=[waiting.Unfinished(pilot.model_copy(update={"id": n}), 12) for n in each],
        **more_awaits(text, pilot, review, each),
    )


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_every_message_is_one_that_slack_takes_and_nothing_that_people_write_becomes_markup(
    text: str,
) -> None:
    for name, body in every_message(text):
        check_that_slack_takes(name, body)
        check_that_markup_is_ours(name, body)


@pytest.mark.parametrize("text", [PLAIN, *HOSTILE.values()], ids=["plain", *HOSTILE])
def test_every_form_and_home_tab_is_one_that_slack_takes_and_nothing_in_it_becomes_markup(text: str) -> None:
    for name, view in every_view(text):
        for taken in shapes_of(view):
            assert problems_of_view(taken) == [], name
        check_that_markup_is_ours(name, view)


def check_that_slack_takes(name: str, body: Body) -> None:
    for taken in shapes_of(body):
        assert problems_of_message({"channel": "C0PILOTS", **taken}) == [], name


def shapes_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what may be sent of it: itself, and where plain blocks can stand in for others the one with those."""
    return [without_instead(body), plainly(body)] if "instead" in body else [dict(body)]


def check_that_markup_is_ours(name: str, body: Any) -> None:
    """Mentions, dates and links are ours alone; an address that somebody wrote leads where its label says."""
    for said in mrkdwn_of(body):
        rest = OURS.sub("", said)
        assert not re.search(r"[<>]", rest), (name, rest)
        assert not re.search(r"&(?!amp;|lt;|gt;)", rest), (name, rest)
        assert "<@U0EVERYONE" not in said, name
        assert "\u202e" not in said, name


def test_plain_words_make_messages_that_slack_takes_say_something_and_leave_no_gap() -> None:
    for name, body in every_message(PLAIN):
        check_that_slack_takes(name, body)
        check_that_markup_is_ours(name, body)
        for said in [body["text"], *mrkdwn_of(body)]:
            assert said.strip() == said, (name, said)
            assert said, name
            assert "  " not in said, (name, said)
            assert not re.search(
                r" [.,:;](?:\s|$)|\bNone\b(?! of )|[.,:;·] ?[.,;]|\{\w+\}(?!\||\s\{time\}\|)", said
            ), (name, said)


def mrkdwn_of(value: Any) -> Iterator[str]:
    """Return every text that Slack reads as mrkdwn; a message's own text is one."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn" or ("blocks" in value and isinstance(value.get("text"), str)):
            yield value["text"]
        for part in value.values():
            yield from mrkdwn_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from mrkdwn_of(part)


def test_progress_shows_no_more_than_there_is() -> None:
    assert Progress(passed=7, total=7).bar == "▰" * 7
    assert Progress(passed=0, total=7).bar == "▱" * 7
    assert len(Progress(passed=150, total=200).bar) == 20


def test_the_default_playbook_is_what_is_tested() -> None:
    assert isinstance(LIBRARY.playbook, Playbook)
    assert {item.id for item in items()} >= SEVEN
