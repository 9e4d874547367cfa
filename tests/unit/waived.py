"""Every message and window about waivers, for the tests that read all messages: each step, few items and many."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.answers import Answer, Status
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate, Item
from bot.domain.readiness import Verdict, verdict
from bot.domain.review import Panel
from bot.domain.waivers import Waiver, WaiverState
from bot.waivers import forms, messages
from bot.waivers.facts import Listed, Offer, Request, Wanted
from prompts.library import Library

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
STEPS = ("asked", "granted", "refused", "revoked", "lapsed")


def waiver_for(item_id: str, text: str, state: WaiverState = WaiverState.GRANTED, number: int = 0) -> Waiver:
    decided = state is not WaiverState.ASKED and (state is not WaiverState.LAPSED or number % 2 == 0)
    ended = state in {WaiverState.REVOKED, WaiverState.LAPSED}
    day = NOW.date() + timedelta(days=2 + number % 3)
    return Waiver(
        id=f"{number:016x}",
        request_id="e" * 16,
        workspace_id="T0",
        pilot_id="0123456789abcdef",
        item_id=item_id,
        gate_id="readiness",
        reason=text[:1000],
        until=day,
        asked_by="U0MAYA",
        asked_at=NOW,
        state=state,
        decided_by="U0PRIYA" if decided else None,
        decided_at=NOW if decided else None,
        refusal=text[:1000] if state is WaiverState.REFUSED else "",
        ended_by="U0JONAS" if state is WaiverState.REVOKED else None,
        ended_at=LATER if ended else None,
        ending=text[:1000] if state is WaiverState.REVOKED else "",
    )


def waived_verdict(items: tuple[Item, ...], text: str, count: int) -> Verdict:
    """Return a verdict in which some items are waived and the others missing."""
    waived = {item.id: waiver_for(item.id, text, number=n) for n, item in enumerate(items[:count])}
    return verdict(items, {}, NOW, waived=waived)


def every_message(
    library: Library, pilot: Pilot, items: tuple[Item, ...], text: str
) -> Iterator[tuple[str, Body]]:
    """Return the card and the words in the thread."""
    panel = Panel(title=text[:60] or "x", people=frozenset({"U0PRIYA"}), shown="<!subteam^S0GATE>")
    for request in _requests(pilot, items, text):
        for shown in (panel, None):
            yield "waiver card", messages.card_message(library, request, shown, "https://s.example/p1")
        for step in STEPS:
            concerned = [one for one in request.wanted if _is_about(one.waiver, step)]
            if concerned:
                yield "waiver told", messages.told_message(library, request, step, concerned, panel)
        phrase = messages.outcome_in_words(library, request)
        yield "waiver outcome", {"text": phrase, "blocks": []}


def _is_about(waiver: Waiver, step: str) -> bool:
    return waiver.state.value == step


def every_view(
    library: Library, pilot: Pilot, gate: Gate, items: tuple[Item, ...], text: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the forms and the list."""
    for count in (1, 7, 60):
        some = tuple(_many(items, count))
        open_ones = verdict(some, {some[0].id: _answer(some[0], text)}, NOW).items
        asked = () if count == 1 else tuple(text[:60] or "x" for _ in range(count))
        yield "ask waiver", forms.ask_form(library, Offer(pilot, gate, open_ones, asked), NOW.date())
    for request in _requests(pilot, items, text):
        yield "refuse waiver", forms.refuse_form(library, request)
        if request.in_state(WaiverState.GRANTED):
            yield "revoke waiver", forms.revoke_form(library, request)
        for may_ask in (False, True):
            yield "waivers", forms.list_view(library, Listed(pilot, request.wanted, may_ask))
    yield "waivers", forms.list_view(library, Listed(pilot, (), may_ask=True))


def _requests(pilot: Pilot, items: tuple[Item, ...], text: str) -> Iterator[Request]:
    for state in WaiverState:
        for count in (1, 2, 60):
            yield _request(pilot, items, text, [state] * count)
    yield _request(pilot, items, text, list(WaiverState) * 4)


def _request(pilot: Pilot, items: tuple[Item, ...], text: str, states: list[WaiverState]) -> Request:
    several = _many(items, len(states))
    judged = verdict(several, {one.id: _answer(one, text) for one in several[::2]}, NOW).items
    return Request(
        pilot,
        tuple(
            Wanted(
                waiver_for(standing.item.id, text, state, n),
                text[:60] or "x",
                standing if n % 5 else None,
                n % 4,
            )
            for n, (standing, state) in enumerate(zip(judged, states, strict=True))
        ),
    )


def _many(items: tuple[Item, ...], count: int) -> list[Item]:
    return [items[n % len(items)].model_copy(update={"id": f"item-{n}"}) for n in range(count)]


def _answer(item: Item, text: str) -> Answer:
    return Answer(
        pilot_id="0123456789abcdef",
        item_id=item.id,
        revision=1,
        status=Status.NOT_YET,
        detail=text * 3,
        answered_by="U0MAYA",
        answered_at=NOW,
    )
