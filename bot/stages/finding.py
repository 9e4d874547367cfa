"""What a command means: which pilot, also one that has ended, and whether the stage that was named is the next one.

Reads and refuses, and changes nothing; asking for a promotion is the review's business, however it is asked for.
"""

import difflib
import re
from typing import Final

from bot.desk import Desk
from bot.domain.errors import Refusal
from bot.domain.pilots import Pilot
from bot.domain.playbook import Stage
from bot.pilots import workflow as pilots
from bot.pilots.errors import WhichPilot
from bot.pilots.messages import stage_title
from bot.review import workflow as reviews
from bot.stages import errors
from prompts.english import mid_sentence

_TO: Final = re.compile(r"(?:(?P<name>.*\S)\s+)?(?:to|into)\s+(?P<stage>\S.*)", re.IGNORECASE)


def find_retired(desk: Desk, words: str) -> Pilot:
    """Return the retired pilot that somebody means by its name; the one pilot that was retired where no name is given."""
    name = " ".join(words.split())
    found = desk.tx.pilots.retired_named(desk.at.workspace_id, name)
    if found:
        return found
    active = desk.tx.pilots.named(desk.at.workspace_id, name) if name else None
    if active:
        raise errors.NotRetired(name=active.name, stage=mid_sentence(stage_title(desk.library, active.stage)))
    names = desk.tx.pilots.retired_names(desk.at.workspace_id)
    if not names:
        raise errors.NoneRetired
    if not name and len(names) > 1:
        raise WhichPilot(names=", ".join(names[:6]), command="revive", example=names[0])
    close = names if not name else _close(name, names)
    if not name or [_letters(one) for one in close] == [_letters(name)]:
        found = desk.tx.pilots.retired_named(desk.at.workspace_id, close[0])
        if found:
            return found
    hint = f"Did you mean *{close[0]}*?" if close else f"The last one that ended is *{names[0]}*."
    raise errors.NoSuchRetired(name=name[:80], hint=hint)


def _close(name: str, names: list[str]) -> list[str]:
    found = difflib.get_close_matches(_letters(name), [_letters(one) for one in names], n=1, cutoff=0.5)
    return [one for one in names if found and _letters(one) == found[0]][:1]


def promotion_meant(desk: Desk, words: str, channel_id: str) -> Pilot:
    """Return the pilot whose promotion is asked for: "Refund triage", "Refund triage to shadow", "to shadow".

    Raises the refusal that says which stage is next where another one was named.
    """
    said = " ".join(words.split())
    found = _TO.fullmatch(said)
    if found is None or desk.tx.pilots.named(desk.at.workspace_id, said):
        return pilots.find(desk, said, channel_id, "promote")
    stage = _stage_called(desk, found["stage"])
    if stage is None and found["name"] and not desk.tx.pilots.named(desk.at.workspace_id, found["name"]):
        return pilots.find(
            desk, said, channel_id, "promote"
        )  # the name of a pilot, it seems, with "to" in it
    pilot = pilots.find(desk, found["name"] or "", channel_id, "promote")
    if stage is None:
        raise errors.NoSuchStage(stage=found["stage"][:80], hint=_hint(desk, pilot, found["stage"]))
    _check_is_next(desk, pilot, stage)
    return pilot


def _check_is_next(desk: Desk, pilot: Pilot, stage: Stage) -> None:
    """Refuse every stage but the next one, with the command that is meant instead."""
    name, present = pilot.name, mid_sentence(stage_title(desk.library, pilot.stage))
    if stage.id == pilot.stage:
        raise errors.AlreadyThere(name=name, stage=present)
    _, gate = reviews.gate_before(desk, pilot.id)
    if stage.id == gate.to_stage:
        return
    order = [one.id for one in desk.playbook.stages]
    if order.index(stage.id) < order.index(pilot.stage):
        raise errors.FurtherAlready(name=name, present=present)
    raise errors.BigJump(
        name=name, present=present, next=mid_sentence(stage_title(desk.library, gate.to_stage))
    )


def _stage_called(desk: Desk, words: str) -> Stage | None:
    wanted = _letters(words)
    return next((s for s in desk.playbook.stages if wanted in {_letters(s.title), _letters(s.id)}), None)


def _hint(desk: Desk, pilot: Pilot, words: str) -> str:
    """Return the command with the stage that is spelt most like what was written; the next one where none is."""
    titles = {_letters(stage.title): stage.title for stage in desk.playbook.stages}
    close = difflib.get_close_matches(_letters(words), list(titles), n=1, cutoff=0.5)
    try:
        _, gate = reviews.gate_before(desk, pilot.id)
    except Refusal:  # nothing comes next, so there is nothing to offer but the stage that was meant
        return (
            f"Did you mean {mid_sentence(titles[close[0]])}?" if close else "`/pilot list` shows the stages."
        )
    following = stage_title(desk.library, gate.to_stage)
    named = mid_sentence(titles[close[0]] if close else following)
    return f"Did you mean `/pilot promote {pilot.name} to {named}`?"


def _letters(words: str) -> str:
    return "".join(one for one in words.casefold() if one.isalnum())
