"""The command line for whoever writes a playbook: `python -m bot playbook check | diff | export | new | schema`.

Reads, writes files and prints; what is compared and said is made in `prompts.playbook_*`. Changes nothing in the database.
"""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from bot.at_work import settings_at_work
from bot.commands.line import CommandRefused, writing
from bot.settings import Settings
from prompts.english import counted, start_sentence

if TYPE_CHECKING:
    from bot.domain.playbook import Playbook
    from storage.transaction import Tx

Result = TypeVar("Result")

playbook_app = typer.Typer(
    no_args_is_help=True,
    help="Check, compare and write down playbooks: your own stages, gates and questions.",
)


class Form(StrEnum):
    """What an export is written as."""

    YAML = "yaml"
    JSON = "json"
    CSV = "csv"


Given = Annotated[Path | None, typer.Argument(show_default=False, help="The playbook's folder.")]


@playbook_app.command()
def check(folder: Given = None) -> None:
    """Name everything that is wrong with a playbook, or show it on one screen. Without a folder: the one in the settings."""
    from prompts import playbook_files
    from prompts.playbook_summary import summary

    place = folder or _in_settings()
    playbook = _loaded(place)
    instead = [] if place == playbook_files.DEFAULT_FOLDER else playbook_files.left_out(place, playbook)
    _say(
        f"{start_sentence(_called(place))} holds together.\n",
        summary(playbook, datetime.now(UTC).date(), instead=instead),
    )


@playbook_app.command()
def diff(folder: Given = None) -> None:
    """Say what a playbook would change, also for pilots that are on their way. Without a folder: the one in the settings."""
    from prompts.playbook_diff import report

    settings = settings_at_work(Settings.load())
    place = folder or _place(settings)
    after = _loaded(place)
    record = _Record(settings)
    before = record.in_force
    if before is None and folder is None:
        raise CommandRefused(f"{record.silence} Name a folder to compare with {_called(place)}.")
    if before is None:
        before = _loaded(_place(settings))
        _say(f"{start_sentence(_called(place))}, compared with {_called(_place(settings))}:\n")
    else:
        _say(
            f"{start_sentence(_called(place))}, compared with the playbook of the last start ({before.version}):\n"
        )
    _say(report(before, after), "", *record.consequences(before, after))


@playbook_app.command()
def export(
    target: Annotated[
        Path | None,
        typer.Argument(
            show_default=False, help="A new folder; for a list, a file, or nothing for the screen."
        ),
    ] = None,
    form: Annotated[
        Form, typer.Option("--format", help="yaml: files of a playbook; json, csv: a list of its questions.")
    ] = Form.YAML,
    version: Annotated[
        str | None,
        typer.Option("--version", show_default=False, help="An earlier playbook that the database keeps."),
    ] = None,
) -> None:
    """Write the playbook in force as files, or its questions as a list for a spreadsheet."""
    from prompts import playbook_export

    playbook = (
        _Record(settings_at_work(Settings.load())).kept(version) if version else _loaded(_in_settings())
    )
    if form is not Form.YAML:
        text = playbook_export.as_json(playbook) if form is Form.JSON else playbook_export.as_csv(playbook)
        _write_list(text, target, form)
    elif target is None:
        raise CommandRefused("Name the folder that the files should be written to.")
    else:
        from prompts.playbook_starter import schema_files

        _write_folder(target, playbook_export.folder(playbook) | schema_files())
        _say(f"{target} holds the playbook {playbook.version}; remarks of the files are not kept.")


@playbook_app.command()
def new(folder: Annotated[Path, typer.Argument(help="A folder that is empty or not there yet.")]) -> None:
    """Begin a playbook of your own with ours, ready for an editor that completes keys."""
    from prompts.playbook_starter import starter

    _write_folder(folder, starter(folder.as_posix()))
    _say(
        f"{folder} begins as ours. Edit the files; `python -m bot playbook check {folder}` names every mistake.",
        f"To use it, set PREFLIGHT_PLAYBOOK={folder} in .env and start Preflight again.",
    )


@playbook_app.command()
def schema(folder: Given = None) -> None:
    """Write the JSON Schemas beside a playbook's files, for editors. Without a folder: the one in the settings."""
    from prompts import playbook_files
    from prompts.playbook_schema import FORMS, line_for
    from prompts.playbook_starter import schema_files

    place = folder or _in_settings()
    if place == playbook_files.DEFAULT_FOLDER:
        raise CommandRefused("Name the folder of a playbook of your own.")
    if not place.is_dir():
        raise CommandRefused(f"There is no folder {place}. `python -m bot playbook new {place}` makes one.")
    _write(place, schema_files())
    lines = [f"  {name:<24} {line_for(name).strip()}" for name in FORMS]
    _say(
        f"The schemas are in {place / 'schema'}. An editor finds them by the first line of each file:\n",
        *lines,
    )


def _in_settings() -> Path:
    return _place(Settings.load())


def _place(settings: Settings) -> Path:
    """Return the folder of the playbook that the settings name, ours without one."""
    from prompts import playbook_files

    return settings.playbook or playbook_files.DEFAULT_FOLDER


def _called(place: Path) -> str:
    from prompts import playbook_files

    return (
        "the playbook that comes with Preflight" if place == playbook_files.DEFAULT_FOLDER else f"“{place}”"
    )


def _loaded(folder: Path) -> "Playbook":
    from prompts import playbook_files
    from prompts.problems import PlaybookInvalid

    try:
        return playbook_files.load(folder)
    except PlaybookInvalid as invalid:
        raise CommandRefused(f"In {_called(folder)}:\n{invalid.report}") from None


class _Record:
    """What the database knows of playbooks and pilots; `silence` says why where it knows nothing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.silence = ""
        self.in_force = self._read(lambda tx: tx.playbooks.latest())
        if self.in_force is None:
            self.silence = self.silence or "Preflight has not been started with this database yet."

    def kept(self, version: str) -> "Playbook":
        """Return an earlier playbook."""
        found = self._read(lambda tx: tx.playbooks.get(version))
        if found is None:
            raise CommandRefused(f"There is no playbook {version} in the database. {self.silence}".rstrip())
        return found

    def consequences(self, before: "Playbook", after: "Playbook") -> list[str]:
        """Return a line for each pilot that would notice something, and how many would not."""
        told = self._read(lambda tx: _consequences(tx, before, after))
        if told is None:
            return [f"Nothing is said about pilots: {self.silence}"]
        return told

    def _read(self, work: "Callable[[Tx], Result]") -> "Result | None":
        """Look something up; None where the database cannot be asked. Never makes a database."""
        from storage import database
        from storage.failures import StorageFailure
        from storage.store import Store

        url = database.parse(self._settings.database_url)
        if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
            self.silence = f"There is no database {database.where(url)} yet."
            return None
        try:
            with Store.open(self._settings.database_url) as store:
                return store.read_sync(work)
        except StorageFailure as failure:
            self.silence = str(failure)
            return None


def _consequences(tx: "Tx", before: "Playbook", after: "Playbook") -> list[str]:
    from prompts.playbook_consequences import consequence

    noticed, others = [], 0
    for workspace in tx.workspaces.all():
        for pilot in tx.pilots.all_active(workspace.workspace_id):
            answers = tx.answers.current(pilot.id)
            means = consequence(
                before, after, pilot.stage, answers, tx.now, tier=pilot.tier, since=pilot.stage_since
            )
            if means.nothing:
                others += 1
                continue
            stage = before.stage(pilot.stage)
            noticed.append(f"  {pilot.name}, in {stage.title if stage else pilot.stage}: {means}")
            if tx.interviews.open_of(pilot.id):
                noticed.append("    an interview is under way and keeps its questions until it ends")
            under_way = tx.reviews.all_open_of(pilot.id)
            if under_way and means.decided_otherwise:
                noticed.append(
                    "    its review is under way and would be decided so; who has decided is asked again"
                )
            if any(after.gate(review.gate_id) is None for review in under_way):
                noticed.append("    its review could not be decided any more, because its gate would be gone")
    if not noticed and not others:
        return ["No pilots are on their way."]
    rest = (
        [f"  {counted(others, 'other would', 'others would')} notice nothing."] if noticed and others else []
    )
    alone = [] if noticed else [f"  {counted(others, 'pilot would', 'pilots would')} notice nothing."]
    return ["Pilots on their way", *noticed, *rest, *alone]


def _write_list(text: str, target: Path | None, form: Form) -> None:
    if target is None:
        sys.stdout.write(text)
        return
    if target.exists():
        raise CommandRefused(f"{target} is there already. Name a new file.")
    encoding = "utf-8-sig" if form is Form.CSV else "utf-8"  # spreadsheets know UTF-8 by its mark
    with writing(target):
        target.write_text(text, encoding=encoding, newline="")
    _say(f"{target} is written.")


def _write_folder(folder: Path, texts: Mapping[str, str]) -> None:
    """Write a new folder; one that holds anything already is left alone."""
    if folder.exists() and not folder.is_dir():
        raise CommandRefused(f"{folder} is a file. Name a folder.")
    with writing(folder):
        if folder.is_dir() and any(folder.iterdir()):
            raise CommandRefused(f"{folder} is not empty. Name a new folder.")
    _write(folder, texts)


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    with writing(folder):
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")


def _say(*lines: str) -> None:
    """Print lines without characters that would steer a terminal or turn its text around."""
    for line in "\n".join(lines).split("\n"):
        typer.echo("".join(character if character.isprintable() else " " for character in line))
