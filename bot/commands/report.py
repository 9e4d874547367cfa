"""`python -m bot report`: a pilot, or all of them, on the screen or in files, without Slack.

Reads the database beside a running Preflight and changes nothing. User groups stay ids here, because only Slack knows their names.
"""

import difflib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.at_work import now_of
from bot.commands.line import CommandRefused, look_up, writing
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.desk import Desk
    from bot.exports.files import Format
    from bot.exports.report import File
    from prompts.library import Library
    from storage.transaction import Tx


def written(settings: Settings, name: str | None, wanted: "Format") -> "list[File]":
    """Return a pilot, or without a name all pilots, in a format; CommandRefused names what is missing."""
    from prompts.library import Library

    library = Library.load(settings.playbook)
    work = _portfolios if name is None else _pilot(name)
    now = now_of(settings)
    return look_up(settings, lambda tx: work(tx, library, now, wanted))


def format_of(said: str | None, to: Path | None) -> "Format":
    """Return the format that is named, or that a file's name ends with; Markdown where neither says."""
    from bot.exports.files import Format

    known = set(Format)
    ending = to.suffix.removeprefix(".").casefold() if to else ""
    wanted = said.casefold() if said is not None else ending if ending in known else Format.MARKDOWN
    if wanted not in known:
        raise CommandRefused(f"There is no format “{said}”. Choose csv, json, md or html.")
    return Format(wanted)


def save(files: "list[File]", place: Path) -> list[Path]:
    """Write the files, the first one where it is wanted and others beside it under names that go on from its own."""
    made: list[Path] = []
    for file in files:
        extra = file.name.removeprefix(files[0].name.rpartition(".")[0]) if made else ""
        path = place.with_name(f"{place.stem}{extra}") if extra else place
        with writing(path):
            path.write_text(file.content, encoding="utf-8", newline="")
        made.append(path)
    return made


def _portfolios(tx: "Tx", library: "Library", now: datetime, wanted: "Format") -> "list[File]":
    from bot.exports.files import portfolio_files

    workspaces = tx.workspaces.all()
    if not workspaces:
        raise CommandRefused("No workspace is known yet. Start Preflight once, then ask again.")
    if len(workspaces) > 1:
        # one installation has one; where there were several, the one with most pilots is meant
        workspaces.sort(key=lambda one: -len(tx.pilots.all_active(one.workspace_id)))
    return portfolio_files(_desk(tx, library, now, workspaces[0].workspace_id), wanted, {})


def _pilot(name: str) -> "Callable[[Tx, Library, datetime, Format], list[File]]":
    def work(tx: "Tx", library: "Library", now: datetime, wanted: "Format") -> "list[File]":
        from bot.exports.files import pilot_files

        known: list[str] = []
        for workspace in tx.workspaces.all():
            pilot = tx.pilots.named(workspace.workspace_id, name) or tx.pilots.retired_named(
                workspace.workspace_id, name
            )
            if pilot:
                return pilot_files(_desk(tx, library, now, workspace.workspace_id), pilot.id, wanted, {})
            known += [one.name for one in tx.pilots.all_active(workspace.workspace_id)]
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"Did you mean “{close[0]}”?" if close else "Names are in `/pilot list`."
        raise CommandRefused(f"There is no pilot called “{name}”. {hint}")

    return work


def _desk(tx: "Tx", library: "Library", now: datetime, workspace_id: str) -> "Desk":
    from bot.desk import Desk, Rooms
    from bot.domain.values import PREFLIGHT, Occasion

    return Desk(tx, Occasion(workspace_id=workspace_id, actor_id=PREFLIGHT, now=now), library, Rooms())
