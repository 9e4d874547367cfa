"""What a board saw, in a window: all answers with what shows them, as they were; and what has changed between two boards.

Reads a snapshot as it was stored and says whether it still bears the mark that it was voted on under. Structure only; the words
are in `prompts/review/`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.domain.messages import Block
from bot.domain.playbook import Item
from bot.domain.snapshots import hash_of
from bot.pilots.messages import stage_title
from bot.review import seen
from bot.review.card import frozen_at
from bot.review.facts import CardFacts
from bot.review.messages import MARK, ActionId
from bot.review.seen import Seen, SeenItem
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

ITEMS_PER_PAGE = 25
ITEM_SHOWN = 2200
"""The longest paragraph about an item."""
CHANGES_SHOWN = 40


def details_view(
    library: Library, facts: CardFacts, snapshot: dict[str, Any], shown_hash: str, page: int = 1
) -> dict[str, Any]:
    """Return all answers and evidence of a snapshot under their checklists, in pages that count from 1.

    `shown_hash` is the mark that it goes by, whole or its beginning; it need not be the review's present one.
    """
    frozen, found = seen.read(snapshot), hash_of(snapshot)
    shown = _page(library, frozen, page)
    words = _words(
        library,
        facts,
        frozen,
        mark=found,
        intact=bool(shown_hash) and found.startswith(shown_hash),
        current=found == facts.review.snapshot_hash,
        viewers=_who_voted_on(facts, found),
        frozen_at=frozen_at(facts),
        shown=shown,
    )
    row = _other_pages(words, f"{facts.review.id}:{found[:MARK]}", shown)
    parts = [
        blocks.section(words.mrkdwn("head", blocks.SECTION_TEXT), "head"),
        blocks.context(words.mrkdwn("mark", blocks.CONTEXT_TEXT), "mark"),
        *_listed(library, words, shown),
        *([blocks.actions(row, "pages")] if row else []),
    ]
    return blocks.modal(
        "review.details", words.plain("title"), parts, submit=None, close=words.plain("close")
    )


@dataclass(frozen=True)
class Page:
    """Some of the items of a snapshot, each with the title of its checklist."""

    number: int
    count: int
    first: int
    """The place of its first item among all, from 1."""
    items: tuple[tuple[str, SeenItem], ...]
    before: str | None
    """The checklist that the page before ended in."""

    @property
    def last(self) -> int:
        """The place of its last item among all."""
        return self.first + len(self.items) - 1


def _page(library: Library, frozen: Seen, number: int) -> Page:
    """Return one of the pages, which are of one length; the nearest one where there is none of that number."""
    listed = [(title, item) for title, items in seen.by_checklist(library, frozen.items) for item in items]
    count = max(1, -(-len(listed) // ITEMS_PER_PAGE))
    number, length = max(1, min(number, count)), -(-len(listed) // count)
    start = (number - 1) * length
    return Page(
        number=number,
        count=count,
        first=start + 1,
        items=tuple(listed[start : start + length]),
        before=listed[start - 1][0] if start else None,
    )


def _listed(library: Library, words: Words, page: Page) -> Iterator[Block]:
    """Yield the items under the titles of their checklists; one that began on the page before is continued."""
    under = None
    for number, (title, item) in enumerate(page.items):
        if title != under:
            said = words.plain("checklist", title=title, again=under is None and title == page.before)
            yield blocks.header(said, f"list:{number}")
        under = title
        yield blocks.section(_item(library, item), f"item:{number}")


def _who_voted_on(facts: CardFacts, found: str) -> list[tuple[str, Any]]:
    """Return who spoke on exactly this snapshot, and when."""
    return [
        (voice.vote.user_id, voice.vote.voted_at)
        for voice in facts.voices
        if voice.vote.snapshot_hash == found
    ]


def _item(library: Library, item: SeenItem) -> str:
    known = library.playbook.item(item.id)
    words = library.words("review/details_item", item=item, known=known, words_shown=seen.WORDS_SHOWN)
    return words.mrkdwn("body", ITEM_SHOWN)


def _other_pages(words: Words, value: str, page: Page) -> list[Block]:
    row: list[Block] = []
    for name, other in (("earlier", page.number - 1), ("later", page.number + 1)):
        if 1 <= other <= page.count:
            action_id = blocks.one_of(ActionId.DETAILS_PAGE, name)
            row.append(blocks.button(words.plain(name), action_id, f"{value}:{other}"))
    return row


@dataclass(frozen=True)
class Change:
    """An item that is not what it was; one of the two is missing where it was added or taken away."""

    before: SeenItem | None
    now: SeenItem | None
    known: Item | None

    @property
    def title(self) -> str:
        found = self.now or self.before
        return found.title if found else ""


def changes_view(library: Library, facts: CardFacts, before: dict[str, Any] | None) -> dict[str, Any]:
    """Return what differs from an earlier snapshot, item by item; None where this is the first review."""
    frozen = seen.read(facts.review.snapshot)
    earlier = seen.read(before) if before else None
    changes = _changes(library, earlier, frozen) if earlier else []
    shown = changes[:CHANGES_SHOWN]
    words = _words(
        library,
        facts,
        frozen,
        earlier=earlier,
        viewers=_who_voted_on(facts, hash_of(before)) if before else [],
        changes=changes,
        left_out=[change.title for change in changes[CHANGES_SHOWN:]],
        same=len(frozen.items) - sum(change.now is not None for change in changes),
    )
    parts: list[Block] = [blocks.section(words.mrkdwn("changes_head", blocks.SECTION_TEXT), "head")]
    if earlier and (said := words.mrkdwn("changed_facts", blocks.SECTION_TEXT)):
        parts.append(blocks.section(said, "facts"))
    for number, change in enumerate(shown):
        told = library.words("review/details_item", change=change)
        parts.append(blocks.section(told.mrkdwn("change", ITEM_SHOWN), f"change:{number}"))
    if len(changes) > len(shown):
        parts.append(blocks.context(words.mrkdwn("more", blocks.CONTEXT_TEXT), "more"))
    return blocks.modal(
        "review.what_changed",
        words.plain("changes_title"),
        parts,
        submit=None,
        close=words.plain("close"),
    )


def _changes(library: Library, earlier: Seen, now: Seen) -> list[Change]:
    was = {item.id: item for item in earlier.items}
    changes = [
        Change(old, item, library.playbook.item(item.id))
        for item in now.items
        if _substance(old := was.pop(item.id, None)) != _substance(item)
    ]
    return changes + [Change(item, None, library.playbook.item(item.id)) for item in was.values()]


def _substance(item: SeenItem | None) -> tuple[Any, ...] | None:
    """Return what an item says; when and how often it was said is no change."""
    if item is None:
        return None
    answer = item.answer
    said = (answer.status, " ".join(answer.detail.split()), answer.value, answer.evidence) if answer else None
    return item.standing, said, item.waiver.id if item.waiver else None


def _words(library: Library, facts: CardFacts, frozen: Seen, **more: Any) -> Words:
    review = facts.review
    return library.words(
        "review/details",
        facts=facts,
        review=review,
        pilot=facts.pilot,
        seen=frozen,
        from_stage=stage_title(library, review.from_stage),
        to_stage=stage_title(library, review.to_stage),
        **more,
    )
