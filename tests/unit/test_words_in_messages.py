"""Every message is built from every template, with ordinary facts and with hostile ones, and read as people read it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.domain import interview as talk, readiness, review as rules
from bot.domain.answers import Answer, Status
from bot.domain.conversations import Interview, InterviewState
from bot.domain.nudges import Nudge, Reply
from bot.domain.pilots import RETIRED, Metric, Pilot
from bot.domain.reviews import Review, ReviewState
from bot.interview import messages as interview
from bot.nudges import messages as nudges
from bot.pilots import messages as pilots
from bot.portfolio import messages as portfolio
from bot.review import messages as review
from bot.slack.blocks import Choice
from prompts.library import Library

NOW = datetime(2026, 12, 2, 9, 30, tzinfo=UTC)
HOSTILE = "<!channel> & <@U0EVIL> <https://evil|https://good> \u202eerosoft `x` <!date^0^{date}^https://evil|x> 検証 👩‍👩‍👧"
LIBRARY = Library.load()
READINESS = LIBRARY.playbook.gate("readiness")
LAST_GATE = LIBRARY.playbook.gate("expansion-exit")

OURS = re.compile(
    r"<@U0(?:MAYA|TOMAS|PRIYA)>|<!subteam\^S0PAYMENTS>|<#C0PILOTS>"
    r"|<!date\^\d+\^\{date_short_pretty\}(?: \{time\})?\|[^<>|^]+>|<https://wiki\.example/[^<>|]*\|[^<>|]*>"
)


def pilot(said: str, **changes: Any) -> Pilot:
    facts: dict[str, Any] = {
        "id": "p1",
        "workspace_id": "T1",
        "name": said[:80],
        "problem": said,
        "stage": "pilot",
        "champion_id": "U0MAYA",
        "owner_id": "S0PAYMENTS",
        "channel_id": "C0PILOTS",
        "metric": Metric(name=said[:120], unit=said[:10], baseline=Decimal("22.0"), bar=Decimal(60)),
        "registered_by": "U0MAYA",
        "registered_at": NOW - timedelta(days=12),
        "stage_since": NOW - timedelta(days=12),
        "last_change_at": NOW - timedelta(days=1),
        "required": 7,
        "in_place": 5,
    }
    return Pilot(**(facts | changes))


def answer(item_id: str, status: Status, said: str, days_ago: int = 1) -> Answer:
    return Answer(
        pilot_id="p1",
        item_id=item_id,
        revision=1,
        status=status,
        detail=said,
        evidence=("https://wiki.example/runbook?a=1&b=2", said) if said else (),
        answered_by="U0TOMAS",
        answered_at=NOW - timedelta(days=days_ago),
    )


def answers(said: str) -> dict[str, Answer]:
    statuses = [*Status, Status.IN_PLACE]
    items = LIBRARY.playbook.items_of(READINESS)
    return {item.id: answer(item.id, status, said) for item, status in zip(items, statuses, strict=False)} | {
        "monitoring": answer("monitoring", Status.IN_PLACE, said, days_ago=200)
    }


def conversation(state: InterviewState = InterviewState.OPEN) -> Interview:
    asked = tuple(item.id for item in LIBRARY.playbook.items_of(READINESS))
    passed = asked if state is InterviewState.DONE else asked[:3]
    return Interview(
        id="i1", workspace_id="T1", pilot_id="p1", gate_id="readiness", channel_id="C0PILOTS", state=state,
        started_by="U0MAYA", started_at=NOW, last_turn_at=NOW, playbook_version="1", asked=asked, passed=passed,
    )  # fmt: skip


def verdict_of(said: str, given: dict[str, Answer] | None = None) -> readiness.Verdict:
    return readiness.verdict(
        LIBRARY.playbook.items_of(READINESS), answers(said) if given is None else given, NOW
    )


def decided(said: str, state: ReviewState, *, all_items: bool = False) -> Review:
    verdict = verdict_of(said)
    if all_items:
        items = LIBRARY.playbook.items_of(LAST_GATE)
        verdict = readiness.verdict(
            items, {item.id: answer(item.id, Status.IN_PLACE, said) for item in items}, NOW
        )
    frozen = rules.snapshot(pilot(said), verdict, "1")
    is_open = state is ReviewState.OPEN
    return Review(
        id="r1", workspace_id="T1", pilot_id="p1", gate_id="readiness", from_stage="pilot", to_stage="shadow",
        state=state, requested_by="U0MAYA", requested_at=NOW, expires_at=NOW + timedelta(days=5), snapshot=frozen,
        snapshot_hash=rules.hash_of(frozen), decided_by=None if is_open else "U0PRIYA",
        decided_at=None if is_open else NOW, reason=None if is_open else said,
    )  # fmt: skip


def every_message(said: str) -> Iterator[tuple[str, Any]]:
    yield from (("pilots", body) for body in of_pilots(said))
    yield from (("interview", body) for body in of_interview(said))
    yield from (("review", body) for body in of_review(said))
    yield from (("nudges", body) for body in of_nudges(said))
    yield from (("portfolio", body) for body in of_portfolio(said))


def of_pilots(said: str) -> Iterator[Any]:
    one, ended = pilot(said), pilot(said, stage=RETIRED)
    yield pilots.card_message(LIBRARY, one, READINESS, verdict_of(said), NOW)
    yield pilots.card_message(LIBRARY, one, None, verdict_of(said), NOW)
    yield pilots.card_message(LIBRARY, ended, None, verdict_of(said), NOW)
    yield pilots.register_form(
        LIBRARY, champion_id="U0MAYA", channel_id="C0PILOTS", groups=[Choice("payments-ops", "S0PAYMENTS")]
    )
    yield pilots.retire_form(LIBRARY, one, "p1")
    yield pilots.retired_message(LIBRARY, ended, "U0MAYA", said)


def of_interview(said: str) -> Iterator[Any]:
    one, item = pilot(said), LIBRARY.playbook.items_of(READINESS)[4]
    for state in InterviewState:
        now = conversation(state)
        stage = LIBRARY.playbook.stage("shadow")
        yield interview.root_message(LIBRARY, one, stage, now, talk.progress(now))
    yield interview.question_message(LIBRARY, conversation(), item)
    given = answer(item.id, Status.PARTLY, said)
    yield interview.follow_up_message(LIBRARY, conversation(), item, given, "Who looks after {item}? " + said)
    yield interview.asked_below(LIBRARY, item, given)
    for status in Status:
        yield interview.settled_message(LIBRARY, one, item, answer(item.id, status, said))
        yield interview.change_form(LIBRARY, one, item, answer(item.id, status, said))
    yield interview.settled_message(LIBRARY, one, item, answer(item.id, Status.IN_PLACE, ""))
    yield interview.change_form(LIBRARY, one, item, None)
    yield interview.unanswered_message(LIBRARY, one, item)
    yield interview.not_applicable_form(LIBRARY, item, "i1")
    for given_so_far in (None, {}, ready(said), nothing_applies(said)):
        yield interview.summary_message(LIBRARY, one, READINESS, verdict_of(said, given_so_far), NOW)
    all_items = readiness.verdict(LIBRARY.playbook.items_of(LAST_GATE), {}, NOW)
    yield interview.summary_message(LIBRARY, pilot(said, stage="expansion"), LAST_GATE, all_items, NOW)


def ready(said: str) -> dict[str, Answer]:
    return {item.id: answer(item.id, Status.IN_PLACE, said) for item in LIBRARY.playbook.items_of(READINESS)}


def nothing_applies(said: str) -> dict[str, Answer]:
    return {
        item.id: answer(item.id, Status.NOT_APPLICABLE, said) for item in LIBRARY.playbook.items_of(READINESS)
    }


def of_review(said: str) -> Iterator[Any]:
    one = pilot(said)
    panel = rules.Panel(
        title="the gate approvers", people=frozenset({"U0PRIYA"}), shown="<!subteam^S0PAYMENTS>"
    )
    for state in ReviewState:
        request = decided(said, state)
        shown = panel if state is ReviewState.OPEN else None
        yield review.card_message(LIBRARY, request, one, READINESS, shown, "https://wiki.example/thread")
        if state is not ReviewState.OPEN:
            yield review.outcome_message(LIBRARY, request, one)
            yield {"text": review.outcome_in_words(LIBRARY, request)}
    many = decided(said, ReviewState.OPEN, all_items=True)
    yield review.card_message(LIBRARY, many, one, LAST_GATE, panel, None)
    yield review.decline_form(LIBRARY, one, many)
    yield review.requested_message(LIBRARY, many, one, panel)
    yield {"text": review.missing_in_words(LIBRARY, verdict_of(said))}
    yield {"text": review.why_nobody(LIBRARY, READINESS, panel)}


def of_nudges(said: str) -> Iterator[Any]:
    one, other = pilot(said), pilot(said, id="p2")
    for reply in (None, *Reply):
        nudge = Nudge(
            workspace_id="T1", pilot_id="p1", kind="quiet", slot="2026-12-02", person_id="U0MAYA", sent_at=NOW,
            quiet_since=NOW - timedelta(days=12), reply=reply, replied_at=NOW if reply else None,
        )  # fmt: skip
        yield nudges.quiet_message(LIBRARY, [nudges.Line(nudge, one)], NOW)
        open_nudge = nudge.model_copy(update={"reply": None, "pilot_id": "p2"})
        yield nudges.quiet_message(
            LIBRARY, [nudges.Line(nudge, one), *[nudges.Line(open_nudge, other)] * 20], NOW
        )


def of_portfolio(said: str) -> Iterator[Any]:
    one = pilot(said)
    for gate, verdict in ((READINESS, verdict_of(said)), (None, verdict_of(said, {}))):
        yield portfolio.status_message(LIBRARY, one, gate, verdict, NOW, share=True)
    yield portfolio.status_message(
        LIBRARY, pilot(said, stage=RETIRED), None, verdict_of(said), NOW, share=False
    )
    for count in (0, 1, 3, 60):
        yield portfolio.list_message(LIBRARY, [one] * count, NOW, share=True)
    yield portfolio.help_message(LIBRARY, share=True)
    waits = portfolio.Awaited(decided(said, ReviewState.OPEN), one, "https://wiki.example/card")
    for mine, others, awaited in (
        ([], [], []),
        ([one], [], []),
        ([], [one] * 30, []),
        ([one], [one], [waits]),
    ):
        yield portfolio.home_view(LIBRARY, mine, others, awaited, NOW)


def texts(part: Any) -> Iterator[dict[str, str]]:
    """Find every text object in a message or view; a message's own text counts as mrkdwn."""
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield {"type": part.get("type", "mrkdwn"), "text": part["text"]}
        for value in part.values():
            yield from texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from texts(value)


@pytest.mark.parametrize("said", ["Refund triage", HOSTILE, "<!channel>" * 40, "&<>" * 200, "字" * 300])
def test_no_message_carries_markup_that_people_wrote(said: str) -> None:
    for feature, body in every_message(said):
        for text in texts(body):
            if text["type"] == "mrkdwn":
                rest = OURS.sub("", text["text"])
                assert not re.search(r"[<>]", rest), (feature, rest)
                assert not re.search(r"&(?!amp;|lt;|gt;)", rest), (feature, rest)
            assert "\u202e" not in text["text"]


def test_every_text_says_something_and_leaves_no_gap() -> None:
    for feature, body in every_message("Refund triage"):
        for text in texts(body):
            said = text["text"]
            assert said.strip() == said, (feature, said)
            assert said, (feature, json.dumps(body)[:400])
            assert "  " not in said, (feature, said)
            assert not re.search(
                r" [.,:;](?:\s|$)|\bNone\b(?! of )|[.,:;·] ?[.,;]|\{\w+\}(?!\||\s\{time\}\|)", said
            ), (feature, said)


def test_modal_titles_fit_slack() -> None:
    for _, body in every_message("Refund triage"):
        for name in ("title", "submit", "close"):
            if body.get("type") == "modal" and name in body:
                assert 0 < len(body[name]["text"]) <= 24
                assert not body[name]["text"].endswith("…")
