"""Every message and window about who owns a pilot and how much can go wrong, for the tests that read all messages."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

from bot.domain.handovers import Handover, HandoverState, Ownership, OwnerState
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.policies import Tier
from bot.domain.readiness import Verdict
from bot.handover import forms, messages
from bot.handover.messages import Ended, Facts, Told
from bot.pilots.messages import Situation, card_message
from bot.portfolio.lines import Line
from bot.portfolio.listing import Listed
from bot.portfolio.listing_messages import list_message
from bot.portfolio.status_messages import status_message
from bot.portfolio.wanted import EVERYTHING
from bot.slack.blocks import Choice
from bot.tiers import messages as tiers
from prompts.library import Library

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
WHO = ("U0JONAS", "S0PAYMENTS")
OWNERS = (
    Ownership(owner_id="U0JONAS", state=OwnerState.PROPOSED),
    Ownership(owner_id="U0JONAS", state=OwnerState.DECLINED),
    Ownership(owner_id="U0JONAS", state=OwnerState.NOT_ACCEPTED),
    Ownership(owner_id="S0PAYMENTS", state=OwnerState.ACCEPTED, accepted_at=NOW),
    Ownership(owner_id="S0PAYMENTS", state=OwnerState.ACCEPTED, accepted_at=NOW, next_id="U0PRIYA"),
)


def handover_to(to_id: str, state: HandoverState, text: str, contact_id: str | None = None) -> Handover:
    long = (text * 40)[:1000]
    accepted = state is HandoverState.ACCEPTED
    return Handover(
        id="f" * 16,
        workspace_id="T0",
        pilot_id="0123456789abcdef",
        to_id=to_id,
        proposed_by="U0MAYA",
        proposed_at=NOW - timedelta(days=3),
        note=long,
        state=state,
        runbook=f"https://wiki.example/{'x' * 300}?a=<b>&c=1" if accepted else "",
        contact=(text * 9)[:200] if accepted else "",
        contact_id=contact_id if accepted else None,
        first_review_on=date(2027, 1, 10) if accepted else None,
        decided_by=None if state is HandoverState.PROPOSED else "U0JONAS",
        decided_at=None if state is HandoverState.PROPOSED else NOW,
        reason=long if state is HandoverState.REFUSED else "",
    )


def facts_of(pilot: Pilot, one: Handover, before: str | None, text: str, link: str | None) -> Facts:
    return Facts(one, pilot, before, text[:40] if before else None, link, "U0MAYA", ("U0MAYA", "U0PRIYA"))


def every_message(
    library: Library, pilot: Pilot, gate: Gate, verdict: Verdict, text: str
) -> Iterator[tuple[str, Body]]:
    """Return the question and what becomes of it, the words in the thread, and the overview of each kind of owner."""
    for to_id, before in product(WHO, (None, "U0PRIYA", "S0GATE")):
        for link in ("https://s.example/p1", None):
            yield from _asked(library, pilot, to_id, before, text, link)
        for state, contact_id in product((HandoverState.ACCEPTED, HandoverState.REFUSED), (None, *WHO)):
            answered = handover_to(to_id, state, text, contact_id)
            facts = facts_of(pilot, answered, before, text, None)
            yield "answered", messages.answered_message(library, facts)
            what = Told.ACCEPTED if state is HandoverState.ACCEPTED else Told.REFUSED
            yield "told", messages.told_message(library, facts, what)
            yield "relieved", messages.relieved_message(library, facts)
    for owner in OWNERS:
        yield "card", card_message(library, pilot, gate, verdict, Situation(owner=owner))
        page = Listed(EVERYTHING, (Line(pilot, owner),), 1)
        yield "list", list_message(library, page, NOW, share=True)
        yield "status", status_message(library, pilot, None, NOW, share=True, owner=owner)
    low, high = _tiers(text)
    for lowered in (False, True):
        body = tiers.changed_message(library, pilot, "U0MAYA", low, high, (text * 40)[:1000], lowered=lowered)
        yield "tier", body


def _asked(
    library: Library, pilot: Pilot, to_id: str, before: str | None, text: str, link: str | None
) -> Iterator[tuple[str, Body]]:
    asked = handover_to(to_id, HandoverState.PROPOSED, text)
    silent = asked.model_copy(update={"note": "", "proposed_by": "U0JONAS"})
    for one in (asked, silent):
        facts = facts_of(pilot, one, before, text, link)
        yield "asked", messages.asked_message(library, facts)
        for what in (Told.PROPOSED, Told.LEFT):
            yield "told", messages.told_message(library, facts, what)
        for why in Ended:
            if why is not Ended.LEFT:
                yield "ended", messages.ended_message(library, facts, why)


def every_view(
    library: Library, pilot: Pilot, groups: Iterable[Choice], text: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the forms, with many user groups and with none."""
    some = list(groups)
    for choices, owner in product((some, []), OWNERS):
        yield "hand over", forms.hand_over_form(library, pilot, owner, choices)
    for choices, to_id in product((some, []), WHO):
        asked = handover_to(to_id, HandoverState.PROPOSED, text)
        yield "accept", forms.accept_form(library, pilot, asked, choices, NOW.date())
        yield "not me", forms.refuse_form(library, pilot, asked)
    book = library.playbook.model_copy(update={"tiers": _tiers(text)})
    for tier in book.tiers:
        yield "tier", tiers.change_form(Library(book, library.templates), pilot, tier)


def _tiers(text: str) -> tuple[Tier, Tier]:
    title, hint = text[:40] or "x", text[:75]
    return Tier(id="low", title=title, hint=hint), Tier(id="high", title=title)
