"""What it looks like when one person is missed at several pilots of a channel: one word, with a line for each pilot.

Structure only; the words are in `prompts/orphans/several.j2`. Which pilots a word names, and which of them are settled, is read
back from the ids of its blocks, so that a line keeps its place as long as the message stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.messages import Block, Body, OutboundMessage
from bot.domain.watched import Why
from bot.orphans.messages import LINE, SETTLED, ActionId, Orphan, claims_of
from bot.pilots.messages import stage_title
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

SHOWN: Final = 20
"""How many pilots a word names: with a row of buttons for each, they stay under Slack's fifty blocks."""
OTHER: Final = "other"
"""What the blocks of the private list of the others begin with."""


@dataclass(frozen=True)
class Missed:
    """One person who is missed at several pilots of a channel."""

    person_id: str
    why: Why
    left: int
    """At how many pilots nobody has taken their place, named or not."""
    lines: Sequence[Orphan | Sequence[Block]]
    """The pilots that are named, in their order; a line that was settled before stays as it is."""
    others: int
    """How many are not named."""
    about: str
    """What the button to these carries."""
    is_back: bool = False


def lines_in(message: OutboundMessage | None) -> Mapping[str, list[Block]]:
    """Return the blocks of each pilot that a word names, by the pilot's id, in their order."""
    found: dict[str, list[Block]] = {}
    for block in message.body["blocks"] if message else ():
        kind, _, pilot_id = block.get("block_id", "").partition(":")
        if kind in {LINE, SETTLED} or (kind == "claims" and pilot_id in found):
            found.setdefault(pilot_id, []).append(block)
    return found


def is_settled(line: Sequence[Block]) -> bool:
    """Whether nobody is looked for any more at the pilot of a line."""
    return str(line[0]["block_id"]).startswith(f"{SETTLED}:")


def missed_message(library: Library, missed: Missed) -> Body:
    """Return the word in the channel."""
    words = library.words("orphans/several", missed=missed)
    lines = [block for one in missed.lines for block in _line(library, one)]
    if not missed.left:
        return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("settled"), "said"), *lines])
    others = blocks.button(words.plain("show_others"), ActionId.OTHERS, missed.about)
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("said"), "said"),
            *lines,
            blocks.section(words.mrkdwn("others"), "others", others) if missed.others else None,
            blocks.context(words.mrkdwn("meaning"), "meaning"),
        ],
    )


def others_message(library: Library, missed: Missed) -> Body:
    """Return the private list of those that the word does not name."""
    words = library.words("orphans/several", missed=missed)
    if not missed.lines:
        said = words.mrkdwn("none_left")
        return blocks.message(said, [blocks.section(said, "said")])
    said = words.mrkdwn("listed")
    lines = [
        {**block, "block_id": f"{OTHER}:{number}:{missed.about}"}
        for number, block in enumerate(block for one in missed.lines for block in _line(library, one))
    ]
    more = blocks.context(words.mrkdwn("others"), "more") if missed.others else None
    return blocks.message(said, [blocks.section(said, "said"), *lines, more])


def listed_in(block_id: str) -> str | None:
    """Return which private list a block is of; None for one that is of none."""
    kind, _, rest = block_id.partition(":")
    return rest.partition(":")[2] if kind == OTHER else None


def line_of(library: Library, orphan: Orphan) -> list[Block]:
    """Return the blocks of one pilot."""
    return list(_line(library, orphan))


def _line(library: Library, one: Orphan | Sequence[Block]) -> Iterator[Block]:
    if not isinstance(one, Orphan):
        yield from one
        return
    words = _line_words(library, one)
    if one.state.is_settled:
        yield blocks.section(words.mrkdwn(one.state.value), f"{SETTLED}:{one.pilot.id}")
        return
    claims = claims_of(library, one, is_first=False)
    beside = claims[0] if len(claims) == 1 else None
    yield blocks.section(words.mrkdwn("line"), f"{LINE}:{one.pilot.id}", beside)
    if len(claims) > 1:
        yield blocks.actions(claims, f"claims:{one.pilot.id}")


def _line_words(library: Library, one: Orphan) -> Words:
    return library.words(
        "orphans/several", orphan=one, pilot=one.pilot, stage=stage_title(library, one.pilot.stage)
    )
