"""The command line for whoever has to rely on the record: `python -m bot audit verify | export | erase`.

Reads the database beside a running Preflight; only `erase` changes it, in `audit_erase`. What is checked is in
`storage.verification`.
"""

import io
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from bot.at_work import now_of, settings_at_work
from bot.commands.audit_export import Form, write
from bot.commands.line import CommandRefused, change, look_up, writing
from bot.settings import Settings
from prompts.english import counted

if TYPE_CHECKING:
    from storage.verification import Examination, Examined, Problem

Result = TypeVar("Result")

audit_app = typer.Typer(no_args_is_help=True, help="Check the record of who changed what, and write it down.")

MOST_SAID: Final = 1000
"""How many problems are spelt out; more of them say no more."""


@audit_app.command()
def verify(
    head: Annotated[
        list[str] | None,
        typer.Option("--head", show_default=False, help="A hash that you kept; may be given more than once."),
    ] = None,
) -> None:
    """Check every entry of the record, and that hashes you kept are still in it. Ends with 1 where something is wrong."""
    from storage.verification import examine

    kept = [one.strip().lower() for one in head or []]
    found = look_up(settings_at_work(Settings.load()), lambda tx: examine(tx, kept))
    lost = [one for one in kept if one not in found.kept]
    for line in _said(found, lost):
        typer.echo("".join(letter if letter.isprintable() else " " for letter in line))
    raise typer.Exit(1 if found.problems or lost else 0)


def _said(found: "Examination", lost: list[str]) -> Iterator[str]:
    yield from map(_problem, found.problems[:MOST_SAID])
    if len(found.problems) > MOST_SAID:
        yield f"and {len(found.problems) - MOST_SAID} more."
    for hash_ in lost:
        yield (
            f"{hash_} is not in the record: an entry that it stood for was removed or replaced, or it belongs to another database."
        )
    for hash_, kept in found.kept.items():
        yield f"{hash_} is still entry {kept.seq} of {kept.workspace_id}, {kept.at}."
    for one in found.workspaces:
        yield from _workspace(one)
    if not found.workspaces:
        yield "There is nothing on the record yet."
    elif not found.problems and not lost:
        yield (
            "Keep the hashes somewhere else, where whoever runs this database cannot change them. An end that was cut off, or a chain "
            "computed anew, can only be seen against a hash that was kept: give it with --head next time."
        )


def _problem(one: "Problem") -> str:
    number = f"{one.seq}" if one.seq == one.through else f"{one.seq} to {one.through}"
    when = f" ({'after ' if one.fault.startswith('was removed') else ''}{one.at})" if one.at else ""
    several = one.seq != one.through
    return f"{one.workspace_id}: {'entries' if several else 'entry'} {number}{when} {_plural(one.fault) if several else one.fault}."


def _plural(fault: str) -> str:
    return fault.replace("was ", "were ", 1)


def _workspace(one: "Examined") -> Iterator[str]:
    erased = f", the words of {one.erased} erased" if one.erased else ""
    wrong = f"{counted(len(one.problems), 'problem')}" if one.problems else "all as recorded"
    yield f"{one.workspace_id}: {counted(one.entries, 'entry', 'entries')}{erased}; {wrong}."
    if one.head and not one.problems:
        yield f"  head {one.head.hash}  (entry {one.head.seq}, {one.head.at})"


@audit_app.command()
def erase(
    person: Annotated[
        str | None,
        typer.Option(
            "--person", show_default=False, help="The words of this Slack member id, and their name."
        ),
    ] = None,
    before: Annotated[
        datetime | None,
        typer.Option(
            "--before",
            formats=["%Y-%m-%d"],
            show_default=False,
            help="Only words from before this day (UTC).",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Remove what people said from the record; who did what and when stays, and the chain still holds."""
    from bot.commands import audit_erase

    if person is None and before is None:
        raise CommandRefused(
            "Say whose words (--person U0123ABC), or how old (--before 2025-01-01), or both."
        )
    settings = settings_at_work(Settings.load())
    wanted = audit_erase.Wanted(person, before.date() if before else None)
    found = sum(map(len, look_up(settings, lambda tx: audit_erase.count(tx, wanted)).values()))
    if not yes:
        typer.confirm(
            f"The words of {counted(found, 'entry', 'entries')} will be gone for good. Go on?", abort=True
        )
    erased = change(settings, lambda tx: audit_erase.erase(tx, wanted, now_of(settings)))
    typer.echo(f"Erased the words of {counted(erased, 'entry', 'entries')}; that is on the record.")
    typer.echo("Answers, reviews and what Slack shows are kept as they are.")


@audit_app.command()
def export(
    form: Annotated[
        Form, typer.Option("--format", help="csv: for a spreadsheet; jsonl: a JSON object on each line.")
    ] = Form.CSV,
    to: Annotated[
        Path | None, typer.Option("--to", show_default=False, help="A new file; without one, the screen.")
    ] = None,
    pilot: Annotated[
        str | None, typer.Option("--pilot", show_default=False, help="Only what was done with this pilot.")
    ] = None,
) -> None:
    """Write down the record, oldest first: who did what, when, on whose behalf, with what was before and after."""
    settings = settings_at_work(Settings.load())
    if to is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(
                encoding="utf-8", newline=""
            )  # the bytes of a file, whatever the screen is set to
        look_up(settings, lambda tx: write(tx, lambda: nullcontext(sys.stdout), form, pilot))
        return
    if to.exists():
        raise CommandRefused(f"{to} is there already. Name a new file.")
    encoding = "utf-8-sig" if form is Form.CSV else "utf-8"  # spreadsheets know UTF-8 by its mark
    with writing(to):
        count = look_up(
            settings,
            lambda tx: write(tx, lambda: to.open("x", encoding=encoding, newline=""), form, pilot),
        )
    typer.echo(f"{to} holds {counted(count, 'entry', 'entries')}.")
