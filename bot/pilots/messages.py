"""What a pilot looks like in Slack: its card, the form that registers it, and the word that it ended.

Structure only; the words are in `prompts/pilots/`.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.readiness import Verdict
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words


class ActionId(StrEnum):
    """The controls of a pilot's card; most of them are heard by the features above."""

    COACH = "pilot.coach"
    REQUEST = "pilot.request"
    MENU = "pilot.menu"
    """The menu of older cards, whose entries said in their values what they are."""
    NEW = "pilot.new"
    STATUS = "pilot.status"
    HAND_OVER = "handover.hand_over"
    ROLL_BACK = "pilot.roll_back"
    HOLD = "pilot.hold"
    RESUME = "pilot.resume"
    RETIRE = "pilot.retire"
    REVIVE = "pilot.revive"


class CallbackId(StrEnum):
    """The forms of this feature."""

    REGISTER = "pilot.register"
    RETIRE = "pilot.retire"


class MenuChoice(StrEnum):
    """The entries of a card's menu."""

    STATUS = "status"
    RETIRE = "retire"


def card_message(
    library: Library, pilot: Pilot, gate: Gate | None, verdict: Verdict, *, asked: bool = False
) -> Body:
    """Return a pilot's card: what it is, whose it is, how good is good enough, how far it is.

    While its promotion is asked for, it says so instead of offering to ask again.
    """
    words = library.words(
        "pilots/card",
        pilot=pilot,
        stage=stage_title(library, pilot.stage),
        next_stage=stage_title(library, gate.to_stage) if gate and gate.leads_on else None,
        upkeep=gate is not None and not gate.leads_on,
        verdict=verdict,
        asked=asked,
    )
    menu = blocks.overflow(
        ActionId.MENU,
        [
            blocks.Choice(words.plain("menu_status"), f"{MenuChoice.STATUS}:{pilot.id}"),
            blocks.Choice(words.plain("menu_retire"), f"{MenuChoice.RETIRE}:{pilot.id}"),
        ],
    )
    facts = [
        blocks.section(words.mrkdwn("title"), "title", None if pilot.retired else menu),
        blocks.section(words.mrkdwn("people"), "people"),
        blocks.context(words.mrkdwn("standing"), "standing"),
    ]
    may_ask = gate is not None and gate.leads_on and not asked
    buttons = None if pilot.retired or gate is None else _buttons(words, pilot, verdict, may_ask=may_ask)
    return blocks.message(words.mrkdwn("text"), [*facts, buttons])


def _buttons(words: Words, pilot: Pilot, verdict: Verdict, *, may_ask: bool) -> Block | None:
    coach = blocks.button(
        words.plain("coach"), ActionId.COACH, pilot.id, style=None if verdict.ready else "primary"
    )
    request = blocks.button(
        words.plain("request"), ActionId.REQUEST, pilot.id, style="primary" if verdict.ready else None
    )
    row = [] if verdict.settled else [coach]
    row += [request] if may_ask else []
    return blocks.actions(row, "actions") if row else None


def stage_title(library: Library, stage_id: str) -> str:
    """Return how a stage is called; one that the playbook lost keeps its id."""
    stage = library.playbook.stage(stage_id)
    return stage.title if stage else stage_id


def register_form(
    library: Library, *, champion_id: str, channel_id: str | None, groups: Iterable[blocks.Choice]
) -> dict[str, Any]:
    """Return the form that registers a pilot. Slack has no select for user groups, so they come as a menu."""
    words = library.words("pilots/register")
    owners = list(groups)[:100]

    def field(name: str, element: Block, *, optional: bool = False) -> Block:
        return blocks.field(
            words.plain(f"{name}_label"), element, name, hint=words.plain(f"{name}_hint"), optional=optional
        )

    def text(name: str, most: int, *, multiline: bool = False) -> Block:
        return blocks.text_input(
            name, placeholder=words.plain(f"{name}_placeholder"), multiline=multiline, max_length=most
        )

    starts = [blocks.Choice(stage.title, stage.id) for stage in library.playbook.starts]
    channel: Block = {
        "type": "conversations_select",
        "action_id": "channel",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    if channel_id:
        channel["initial_conversation"] = channel_id
    fields = [
        field("name", text("name", 80)),
        field("problem", text("problem", 500, multiline=True)),
        field("stage", blocks.static_select("stage", starts, initial=library.playbook.first_stage))
        if len(starts) > 1
        else None,
        field("champion", {"type": "users_select", "action_id": "champion", "initial_user": champion_id}),
        field("owner", {"type": "users_select", "action_id": "owner"}, optional=True),
        field("owner_group", blocks.static_select("owner_group", owners), optional=True) if owners else None,
        field("channel", channel),
        field("metric", text("metric", 120)),
        field("unit", text("unit", 20), optional=True),
        field("baseline", text("baseline", 40)),
        field("bar", text("bar", 40)),
    ]
    return blocks.modal(
        CallbackId.REGISTER,
        words.plain("title"),
        [block for block in fields if block],
        submit=words.plain("submit"),
        close=words.plain("close"),
    )


def retire_form(
    library: Library, pilot: Pilot, private: str, callback_id: str = CallbackId.RETIRE
) -> dict[str, Any]:
    """Return the form that asks why a pilot ends."""
    return blocks.reason_form(library.words("pilots/retire", pilot=pilot), callback_id, private)


def retired_message(library: Library, pilot: Pilot, by: str, reason: str) -> Body:
    """Return the word under the card that a pilot ended, and why."""
    words = library.words("pilots/retired", pilot=pilot, by=by, reason=reason)
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("body"), "retired")])
