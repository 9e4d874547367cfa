"""The windows behind a message's menu: what it is used for, and what became of it.

Structure only; the words are in `prompts/answers/`. Pilots and questions are menus under titles, so that five hundred
pilots and two hundred questions fit.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from bot.answers import errors
from bot.answers.names import About, ActionId, CallbackId, Shortcut
from bot.answers.picked import Picked
from bot.answers.shortcuts import Offer, Taken
from bot.domain.messages import Block
from bot.domain.text import cut, unescape
from bot.interview.lines import said_back
from bot.pilots.messages import stage_title
from bot.slack import blocks
from bot.slack.blocks import Choice
from bot.slack.payloads import FormSubmission
from prompts.library import Library
from prompts.words import Words

PILOT: Final = "pilot"
_ITEM: Final = "item"
MENU_TAKES: Final = 100
ROOMY: Final = 200
"""Beyond so many entries their names are cut shorter: a window takes 250,000 bytes in all."""
QUOTE_SHOWN: Final = 400
DETAIL_SHOWN: Final = 300

CALLBACKS: Final = {
    Shortcut.ANSWER: CallbackId.USE_AS_ANSWER,
    Shortcut.EVIDENCE: CallbackId.USE_AS_EVIDENCE,
}


def item_field(pilot_id: str) -> str:
    """Return the block of the questions' menu; another pilot's is another block, so that nothing chosen survives."""
    return f"{_ITEM}:{pilot_id}"


def pick_form(library: Library, what: Shortcut, picked: Picked, offer: Offer) -> dict[str, Any]:
    """Return the form that asks which pilot and which question a message belongs to."""
    words = library.words(
        "answers/pick",
        what=what.value,
        said=unescape(picked.text, offer.names),
        author_id=picked.author_id,
        files=picked.files,
        is_cut=picked.is_cut,
        used_for=offer.used_for,
    )
    menu = blocks.grouped_select(
        ActionId.PILOT_CHOSEN, _pilots(library, offer), initial=offer.pilot.id if offer.pilot else None
    )
    parts: list[Block] = [
        blocks.section(words.mrkdwn("intro"), "intro"),
        blocks.section(words.mrkdwn("quote", most=QUOTE_SHOWN), "quote"),
    ]
    if offer.used_for:
        parts.append(blocks.context(words.mrkdwn("used"), "used"))
    parts.append(blocks.field(words.plain("pilot_label"), menu, PILOT, tells_at_once=True))
    if offer.pilot and offer.listed:
        parts.append(_questions(words, offer, offer.pilot.id))
    else:
        parts.append(blocks.context(words.mrkdwn("nothing_asked" if offer.pilot else "choose_pilot"), "none"))
    return blocks.modal(
        CALLBACKS[what],
        words.plain("title"),
        parts,
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=picked.packed(),
    )


def _pilots(library: Library, offer: Offer) -> list[tuple[str, Sequence[Choice]]]:
    order = {stage.id: place for place, stage in enumerate(library.playbook.stages)}
    length = 60 if len(offer.pilots) <= ROOMY else 30
    by_stage = sorted(offer.pilots, key=lambda pilot: (order.get(pilot.stage, len(order)), pilot.stage))
    return list(
        _under_titles(
            (stage_title(library, stage), [Choice(cut(pilot.name, length), pilot.id) for pilot in some])
            for stage, some in groupby(by_stage, key=lambda pilot: pilot.stage)
        )
    )


def _questions(words: Words, offer: Offer, pilot_id: str) -> Block:
    length = 60 if len(offer.listed) <= ROOMY else 40
    titled = [
        (
            title,
            [
                Choice(words.plain("option", at_most=length, standing=one.standing), one.standing.item.id)
                for one in some
            ],
        )
        for title, some in groupby(offer.listed, key=lambda one: one.checklist)
    ]
    menu = blocks.grouped_select("item", list(_under_titles(titled)), initial=offer.item_id)
    return blocks.field(words.plain("item_label"), menu, item_field(pilot_id), hint=words.plain("item_hint"))


def _under_titles(
    titled: Iterable[tuple[str, Sequence[Choice]]],
) -> Iterable[tuple[str, Sequence[Choice]]]:
    """Yield titles with at most a hundred entries each; a longer list goes on under the same title."""
    for title, choices in titled:  # a playbook has stages and checklists by the dozen, not by the hundred
        for start in range(0, len(choices), MENU_TAKES):
            yield title, choices[start : start + MENU_TAKES]


def carried(view: Mapping[str, Any]) -> tuple[Shortcut, Picked]:
    """Return what a form is for and the message that it carries."""
    is_evidence = view.get("callback_id") == CallbackId.USE_AS_EVIDENCE
    return Shortcut.EVIDENCE if is_evidence else Shortcut.ANSWER, Picked.unpack(view.get("private_metadata"))


def chosen(form: FormSubmission) -> tuple[About, str]:
    """Return the pilot and the question that were chosen, and the field of the question; a FieldRefusal where one is missing."""
    pilot_id = form.choice(PILOT)
    if not pilot_id:
        raise errors.PilotMissing(PILOT)
    field = item_field(pilot_id)
    item_id = form.choice(field)
    if not item_id:
        raise errors.ItemMissing(field if field in form.fields else PILOT)
    return About(pilot_id, item_id), field


def taken_view(library: Library, what: Shortcut, taken: Taken) -> dict[str, Any]:
    """Return what a message was understood to say, with Change: the line may stand in another channel."""
    words = library.words(
        "answers/taken",
        what=what.value,
        pilot=taken.pilot,
        item=taken.item,
        answer=taken.answer,
        said=said_back(taken.answer, taken.item),
        also_shown_by=[link for link in taken.answer.evidence if link not in taken.answer.detail],
        most=DETAIL_SHOWN,
    )
    about = About(taken.pilot.id, taken.item.id).packed()
    change = blocks.button(words.plain("change"), ActionId.WRITE, about)
    return blocks.modal(
        "answers.taken",
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.section(words.mrkdwn("line"), "line", change),
        ],
        submit=None,
        close=words.plain("close"),
    )
