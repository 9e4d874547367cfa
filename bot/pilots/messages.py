"""What a pilot looks like in Slack: its card, and the form that registers it.

Structure only; the words are in `prompts/pilots/`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.handovers import Ownership, OwnerState, ownership
from bot.domain.messages import Block, Body
from bot.domain.moves import StageMove
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.policies import Tier
from bot.domain.readiness import Verdict
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

TIERS_IN_SIGHT = 5
"""How many tiers are all in sight; more of them come as a menu."""


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
    EXTEND = "pilot.extend"


class CallbackId(StrEnum):
    """The forms of this feature."""

    REGISTER = "pilot.register"


class MenuChoice(StrEnum):
    """The entries of that menu."""

    STATUS = "status"
    RETIRE = "retire"


@dataclass(frozen=True)
class Situation:
    """What a card says beside what the gate asks for."""

    asked: bool = False
    """Whether its promotion is before the approvers."""
    came_by: StageMove | None = None
    """How it came to its stage, where that was no ordinary promotion."""
    review_due: datetime | None = None
    """Until when an emergency promotion has to be reviewed; None once it is, and for every other move."""
    may_go_back: bool = False
    """Whether it has been in an earlier stage."""
    open_again: tuple[str, ...] = ()
    """What re-opens the gate that it passed last, by title."""
    owner: Ownership | None = None
    """Who owns it, and whether they accepted; what the pilot itself knows of that where it is left out."""
    champion_gone: OwnerState | None = None
    """Why its champion can look after it no more; None while they can."""
    worst: str = ""
    """Why it stalls, for its worst reason, as mrkdwn; empty for one that does well."""


def card_message(
    library: Library,
    pilot: Pilot,
    gate: Gate | None,
    verdict: Verdict,
    situation: Situation = Situation(),
) -> Body:
    """Return a pilot's card: what it is, whose it is, how good is good enough, how far it is.

    While its promotion is asked for, or while it is on hold, it says so instead of offering to ask.
    """
    tier = tier_of(library, pilot)
    words = library.words(
        "pilots/card",
        pilot=pilot,
        stage=stage_title(library, pilot.stage),
        next_stage=stage_title(library, gate.to_stage) if gate and gate.leads_on else None,
        upkeep=gate is not None and not gate.leads_on,
        verdict=verdict,
        situation=situation,
        owner=situation.owner or ownership(pilot, ()),
        came_from=stage_title(library, situation.came_by.from_stage or "") if situation.came_by else "",
        tier=tier.title if tier else "",
    )
    running = not pilot.retired
    told = running and (pilot.hold or situation.open_again or situation.came_by)
    parts = [
        blocks.section(words.mrkdwn("title"), "title", _menu(words, pilot, situation) if running else None),
        blocks.section(words.mrkdwn("people"), "people"),
        blocks.section(words.mrkdwn("situation"), "situation") if told else None,
        _worst(words, pilot) if running and situation.worst else None,
        blocks.context(words.mrkdwn("standing"), "standing"),
        _buttons(words, pilot, gate, verdict, situation),
    ]
    return blocks.message(words.mrkdwn("text"), parts)


def _worst(words: Words, pilot: Pilot) -> Block:
    """Return why it stalls, and the way to what can be done about it."""
    more = blocks.button(words.plain("why"), blocks.one_of(ActionId.STATUS, "signal"), pilot.id)
    return blocks.section(words.mrkdwn("worst"), "signal", more)


def _menu(words: Words, pilot: Pilot, situation: Situation) -> Block:
    """Return the three dots; Slack takes five entries, so one that cannot be used is not among them."""
    offered = [ActionId.STATUS, ActionId.HAND_OVER]
    offered += [ActionId.ROLL_BACK] if situation.may_go_back else []
    offered += [] if pilot.hold else [ActionId.HOLD]
    offered += [ActionId.RETIRE]
    return blocks.more(
        blocks.Stands(words.plain(f"menu_{one.name.lower()}"), one, pilot.id) for one in offered
    )


def _buttons(
    words: Words, pilot: Pilot, gate: Gate | None, verdict: Verdict, situation: Situation
) -> Block | None:
    if pilot.retired:
        return blocks.actions([blocks.button(words.plain("revive"), ActionId.REVIVE, pilot.id)], "actions")
    row = []
    may_ask = gate is not None and gate.leads_on and not situation.asked and pilot.hold is None
    if gate is not None and not verdict.settled:
        style: blocks.Style | None = None if verdict.ready or pilot.hold else "primary"
        row.append(blocks.button(words.plain("coach"), ActionId.COACH, pilot.id, style=style))
    if may_ask:
        style = "primary" if verdict.ready else None
        row.append(blocks.button(words.plain("request"), ActionId.REQUEST, pilot.id, style=style))
    if pilot.hold:
        row.append(blocks.button(words.plain("resume"), ActionId.RESUME, pilot.id))
    return blocks.actions(row, "actions") if row else None


def stage_title(library: Library, stage_id: str) -> str:
    """Return how a stage is called; one that the playbook lost keeps its id."""
    stage = library.playbook.stage(stage_id)
    return stage.title if stage else stage_id


def tier_of(library: Library, pilot: Pilot) -> Tier | None:
    """Return how much can go wrong with a pilot; None where the playbook makes no difference."""
    return library.playbook.tier(pilot.tier) if len(library.playbook.tiers) > 1 else None


def tier_field(library: Library, initial: Tier) -> Block:
    """Return the tiers to choose from, each with when a pilot belongs there: all in sight where they are few."""
    choices = [blocks.Choice(tier.title, tier.id, tier.hint) for tier in library.playbook.tiers[:100]]
    draw = blocks.radio_buttons if len(choices) <= TIERS_IN_SIGHT else blocks.static_select
    return draw("tier", choices, initial=initial.id)


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

    tiers = library.playbook.tiers
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
        field("tier", tier_field(library, tiers[0])) if len(tiers) > 1 else None,
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
