"""The windows about waivers: the form that asks for one, those that refuse and revoke, and the list of a pilot's waivers.

Structure only; the words are in `prompts/waivers/`.
"""

from datetime import date, timedelta
from typing import Any

from bot.domain.messages import Block
from bot.domain.waivers import REASON_LENGTH, WaiverState
from bot.pilots.messages import stage_title
from bot.slack import blocks
from bot.slack.blocks import Choice
from bot.waivers.facts import Listed, Offer, Request, Wanted
from bot.waivers.messages import ActionId, CallbackId
from prompts.library import Library

IN_SIGHT = 10
"""How many entries checkboxes take; more of them come as a menu."""
LISTED = 100
"""How many entries a menu takes."""
WAIVERS_SHOWN = 30
"""How many waivers the list spells out; the others are counted."""
ROW_SHOWN = 700
PROPOSED_DAYS = 30
"""The end that the form proposes: long enough to close a gap, short enough to look at it again."""


def ask_form(library: Library, offer: Offer, today: date) -> dict[str, Any]:
    """Return the form that asks for a waiver: for what, why, until when."""
    to_stage = stage_title(library, offer.gate.to_stage)
    words = library.words("waivers/ask_form", pilot=offer.pilot, asked=offer.asked, to_stage=to_stage)
    choices = [Choice(words.plain("item", one=one), one.item.id) for one in offer.open[:LISTED]]
    alone = [choices[0].value] if len(choices) == 1 else []
    reason = blocks.text_input(
        "reason", placeholder=words.plain("reason_placeholder"), multiline=True, max_length=REASON_LENGTH
    )
    until = blocks.datepicker("until", initial=today + timedelta(days=PROPOSED_DAYS))
    return blocks.modal(
        CallbackId.ASK,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            _items_field(words.plain("items_label"), choices, alone),
            *([blocks.context(words.mrkdwn("asked_already"), "asked")] if offer.asked else []),
            blocks.field(words.plain("reason_label"), reason, "reason", hint=words.plain("reason_hint")),
            blocks.field(words.plain("until_label"), until, "until", hint=words.plain("until_hint")),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=offer.pilot.id,
    )


def _items_field(label: str, choices: list[Choice], initial: list[str]) -> Block:
    draw = blocks.checkboxes if len(choices) <= IN_SIGHT else blocks.multi_static_select
    return blocks.field(label, draw("items", choices, initial=initial), "items")


def refuse_form(library: Library, request: Request) -> dict[str, Any]:
    """Return the form that asks why a waiver is refused."""
    words = library.words(
        "waivers/refuse_form", pilot=request.pilot, titles=[one.title for one in request.wanted]
    )
    return blocks.reason_form(words, CallbackId.REFUSE, request.id)


def revoke_form(library: Library, request: Request) -> dict[str, Any]:
    """Return the form that asks why a waiver is revoked, and which where several hold."""
    held = request.in_state(WaiverState.GRANTED)
    words = library.words("waivers/revoke_form", pilot=request.pilot, titles=[one.title for one in held])
    view = blocks.reason_form(words, CallbackId.REVOKE, request.id)
    if len(held) > 1:
        choices = [Choice(one.title, one.waiver.item_id) for one in held[:LISTED]]
        every = [choice.value for choice in choices]
        view["blocks"].insert(1, _items_field(words.plain("items_label"), choices, every))
    return view


def list_view(library: Library, listed: Listed) -> dict[str, Any]:
    """Return all waivers of a pilot: what runs first, each that holds with the way to revoke it."""
    words = library.words("waivers/list", pilot=listed.pilot, count=len(listed.wanted))
    shown = listed.wanted[:WAIVERS_SHOWN]
    parts: list[Block] = [blocks.section(words.mrkdwn("intro"), "intro")]
    parts += [_row(library, one, number) for number, one in enumerate(shown)]
    if len(listed.wanted) > len(shown):
        parts.append(blocks.context(words.mrkdwn("more", left_out=len(listed.wanted) - len(shown)), "more"))
    if listed.may_ask:
        ask = blocks.button(words.plain("ask"), ActionId.ASK, listed.pilot.id)
        parts.append(blocks.actions([ask], "actions"))
    return blocks.modal("waivers", words.plain("title"), parts, submit=None, close=words.plain("close"))


def _row(library: Library, one: Wanted, number: int) -> Block:
    words = library.words("waivers/list_row", wanted=one)
    revoke = None
    if one.waiver.state is WaiverState.GRANTED:
        action_id = blocks.one_of(ActionId.REVOKE, one.waiver.id)
        revoke = blocks.button(words.plain("revoke"), action_id, one.waiver.request_id)
    return blocks.section(words.mrkdwn("line", at_most=ROW_SHOWN), f"waiver:{number}", revoke)
