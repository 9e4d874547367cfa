"""`python -m bot counters`: whether the portfolio's counters are what the pilots add up to, and setting them right.

Counters change by differences, so that a fault would stay; this finds it. Checking reads beside a running Preflight.
"""

from typing import TYPE_CHECKING, Final

from bot.commands.findings import Finding
from bot.commands.line import change, look_up
from bot.settings import Settings
from prompts.english import counted

if TYPE_CHECKING:
    from bot.desk import Desk
    from prompts.library import Library
    from storage.transaction import Tx

MEND: Final = "Run: python -m bot counters --repair"


def checked(settings: Settings) -> Finding:
    """Return whether every counter is right; reads what is counted of every pilot."""
    off, strays, pilots = look_up(settings, _differing)
    if not (off or strays):
        return Finding("counters", ok=True, said=f"they add up, for {counted(pilots, 'pilot')}")
    wrong = [f"{counted(off, 'counter is', 'counters are')} wrong"] if off else []
    if strays:
        wrong.append(f"{counted(strays, 'pilot is', 'pilots are')} not counted, or should not be")
    return Finding("counters", ok=False, said=" and ".join(wrong), mend=MEND)


def repaired(settings: Settings) -> str:
    """Count every pilot anew by its answers and set the counters right; return what was wrong, in a sentence."""
    from prompts.library import Library

    library = Library.load(settings.playbook)
    pilots, wrong, off = change(settings, lambda tx: _set_right(tx, library))
    if not (wrong or off):
        return f"Counted {counted(pilots, 'pilot')} anew; nothing was wrong."
    return (
        f"Counted {counted(pilots, 'pilot')} anew: {counted(wrong, 'was', 'were')} counted wrongly, and "
        f"{counted(off, 'counter', 'counters')} did not add up."
    )


def _differing(tx: "Tx") -> tuple[int, int, int]:
    """Return how many counters are off, how many pilots are counted that should not be or the reverse, and how many there are.

    One that is looked at soon, as all are after an upgrade, is counted then.
    """
    off = strays = pilots = 0
    for workspace in tx.workspaces.all():
        off += len(tx.tallies.differing(workspace.workspace_id))
        active = {one.id: one for one in tx.pilots.all_active(workspace.workspace_id)}
        pilots += len(active)
        differing = active.keys() ^ tx.tallies.all_counted(workspace.workspace_id)
        strays += sum(one not in active or active[one].next_nudge_at is None for one in differing)
    return off, strays, pilots


def _set_right(tx: "Tx", library: "Library") -> tuple[int, int, int]:
    """Return how many pilots there are, how many were counted wrongly, and how many counters did not add up."""
    from bot.desk import Desk, Rooms
    from bot.domain.values import PREFLIGHT, Occasion

    pilots = wrong = off = 0
    for workspace in tx.workspaces.all():
        at = Occasion(workspace_id=workspace.workspace_id, actor_id=PREFLIGHT, now=tx.now)
        desk = Desk(tx, at, library, Rooms())
        active = {one.id for one in tx.pilots.all_active(workspace.workspace_id)}
        pilots += len(active)
        for pilot_id in sorted(active | tx.tallies.all_counted(workspace.workspace_id)):
            wrong += _count_anew(desk, pilot_id)
        off += len(tx.tallies.repair(workspace.workspace_id))  # last, because nobody else counts from here on
    return pilots, wrong, off


def _count_anew(desk: "Desk", pilot_id: str) -> bool:
    """Count one pilot; return whether it was counted wrongly."""
    from bot.pilots import workflow

    tallies, pilot = desk.tx.tallies, desk.tx.pilots.lock(desk.at.workspace_id, pilot_id)
    before = tallies.counted(pilot_id)
    if pilot:
        workflow.count_again(desk, pilot)
    now = tallies.counted(pilot_id)
    return now != before
