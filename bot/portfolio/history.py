"""A pilot's story as the record has it: which entries a page shows, and the facts that its sentences are about.

Entries of any age are read, also such as earlier versions wrote, so every fact may be missing. Reads only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from bot.desk import Desk
from bot.domain.flags import FlagKind
from bot.domain.pilots import Pilot
from bot.domain.reopening import Cause
from bot.domain.reviews import Choice, ReviewKind
from bot.domain.signals import Severity
from bot.pilots import flagged, workflow as pilots
from bot.pilots.errors import PilotRetired
from bot.pilots.messages import stage_title
from prompts.filters import STATUS_WORDS
from storage.audit import AFTER_ALL, AuditEntry

PAGE: Final = 20
"""How many entries one private message shows; with the longest lines they stay under what Slack takes."""
_SEVERITIES: Final = frozenset(one.name.lower() for one in Severity if one)
LONGEST: Final = 1000
"""How much of what somebody wrote is looked at; a line shows far less."""


@dataclass(frozen=True)
class Told:
    """An entry as a sentence speaks of it; what it does not have is empty."""

    what: str
    at: datetime
    who: str
    on_behalf_of: str | None
    erased: bool
    titles: tuple[str, ...] = ()
    status: str = ""
    red_flag: bool = False
    first: bool = False
    said: str = ""
    reason: str = ""
    person: str = ""
    on: date | None = None
    from_stage: str = ""
    to_stage: str = ""
    days: int = 0
    from_tier: str = ""
    to_tier: str = ""
    choice: str = ""
    """What was said about a gate: one of `Choice`."""
    emergency: bool = False
    """Whether it is about a promotion that happened before anybody reviewed it."""
    cause: str = ""
    """The title of a reason why pilots stall."""
    severity: str = ""
    """How bad that is: watch, at_risk or stalled."""


@dataclass(frozen=True)
class Page:
    """Part of a pilot's story, newest first. `older` is the number to go on before; None where the story began."""

    pilot: Pilot
    told: tuple[Told, ...]
    older: int | None
    newest: bool


def page(desk: Desk, words: str, channel_id: str) -> Page:
    """Return the end of the story of the pilot that somebody named or is in the channel of, also of one that has ended."""
    pilots.check_member(desk)
    try:
        pilot = pilots.find(desk, words, channel_id, "history")
    except PilotRetired:
        retired = desk.tx.pilots.retired_named(desk.at.workspace_id, words)
        if retired is None:
            raise
        pilot = retired
    return _page(desk, pilot, AFTER_ALL)


def page_before(desk: Desk, pilot_id: str, before: str) -> Page:
    """Return what came before an entry; the end of the story where its number is none."""
    pilots.check_member(desk)
    known = before.isascii() and before.isdecimal() and len(before) < 10
    return _page(desk, pilots.get(desk, pilot_id), int(before) if known else AFTER_ALL)


def _page(desk: Desk, pilot: Pilot, before: int) -> Page:
    entries = desk.tx.audit.newest_of(pilot.workspace_id, "pilot", pilot.id, PAGE + 1, before_seq=before)
    shown = entries[:PAGE]
    return Page(
        pilot,
        tuple(_told(desk, entry) for entry in shown),
        older=shown[-1].seq if len(entries) > PAGE else None,
        newest=before == AFTER_ALL,
    )


def _told(desk: Desk, entry: AuditEntry) -> Told:
    before, after = entry.before or {}, entry.after or {}
    facts = before | {name: value for name, value in after.items() if value is not None}
    item_ids = _item_ids(facts)
    return Told(
        what=entry.what,
        at=entry.at,
        who=entry.actor_id,
        on_behalf_of=entry.on_behalf_of,
        erased=entry.erased,
        titles=tuple(_title(desk, one) for one in item_ids) or _named(facts) or _flagged(desk, facts),
        status=status if (status := _text(facts, "status")) in STATUS_WORDS else "",
        red_flag=any(item.red_flag for one in item_ids if (item := desk.playbook.item(one))),
        first=entry.before is None and entry.after is not None,
        said=_text(facts, "detail", "word", "contact", "learned") or _text(facts, "what"),
        reason=_text(facts, "reason", "note"),
        person=_text(facts, "to", "asked_id", "owner_id"),
        on=_day(_text(facts, "until", "due_on", "first_review_on", "decide_on")),
        from_stage=_stage(desk, _text(before, "stage", "from_stage")),
        to_stage=_stage(desk, _text(after, "stage", "to_stage")),
        days=_number(facts, "quiet_days"),
        from_tier=_tier(desk, _text(before, "tier")),
        to_tier=_tier(desk, _text(after, "tier")),
        choice=choice if (choice := _text(facts, "choice")) in set(Choice) else "",
        emergency=facts.get("kind") == ReviewKind.BREAK_GLASS,
        cause=_cause(desk, _text(facts, "cause")),
        severity=severity if (severity := _text(facts, "severity")) in _SEVERITIES else "",
    )


def _text(facts: Mapping[str, Any], *names: str) -> str:
    """Return the first of some facts that is a text with anything in it."""
    for name in names:
        value = facts.get(name)
        if isinstance(value, str) and value.strip():
            return value[:LONGEST]
    return ""


def _number(facts: Mapping[str, Any], name: str) -> int:
    value = facts.get(name)
    return value if isinstance(value, int) else 0


def _day(written: str) -> date | None:
    """Return a day, from an instant too: that of UTC."""
    try:
        if len(written) > len("2026-03-02"):
            return datetime.fromisoformat(written).astimezone(UTC).date()
        return date.fromisoformat(written)
    except ValueError:
        return None


def _item_ids(facts: Mapping[str, Any]) -> list[str]:
    ids = facts.get("items") or [facts.get("item") or facts.get("item_id")]
    return [one for one in ids if isinstance(one, str)] if isinstance(ids, list) else []


def _named(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the entry itself names by title, because it is no item: the owner, the bar."""
    titles = facts.get("titles")
    return tuple(one[:LONGEST] for one in titles if isinstance(one, str)) if isinstance(titles, list) else ()


def _flagged(desk: Desk, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what went up or came down of what re-opens a gate, by title; what is not understood is left out."""
    flags = facts.get("flags")
    known = {kind.value for kind in FlagKind}
    causes = [
        Cause(kind=FlagKind(one["kind"]), subject=str(one.get("subject", ""))[:LONGEST])
        for one in (flags if isinstance(flags, list) else [])
        if isinstance(one, dict) and one.get("kind") in known
    ]
    return flagged.titles(desk.library, causes)


def _title(desk: Desk, item_id: str) -> str:
    """Return an item's title; its id where the playbook in force does not ask it."""
    item = desk.playbook.item(item_id)
    return item.title if item else item_id[:LONGEST]


def _cause(desk: Desk, cause_id: str) -> str:
    """Return how a reason why pilots stall is called; its id where the playbook in force does not have it."""
    found = next((one for one in desk.playbook.framework.stalls if one.id == cause_id), None)
    return found.title if found else cause_id


def _stage(desk: Desk, stage: str) -> str:
    return stage_title(desk.library, stage) if stage else ""


def _tier(desk: Desk, tier_id: str) -> str:
    """Return a tier's title; its id where the playbook in force does not have it."""
    found = next((tier for tier in desk.playbook.tiers if tier.id == tier_id), None)
    return found.title if found else tier_id
