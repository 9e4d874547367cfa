"""The command line: `python -m bot up | serve | migrate | doctor | report | counters | playbook | audit`.

Parses, calls, and says in one readable sentence what is wrong; a stack trace is for defects only.
"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.at_work import SANDBOX, settings_at_work
from bot.commands.audit import audit_app
from bot.commands.line import CommandRefused
from bot.commands.playbook import playbook_app
from bot.logs import configure
from bot.settings import Settings, SettingsInvalid

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Preflight takes AI pilots from idea to production without the stall.",
)
app.add_typer(playbook_app, name="playbook")
app.add_typer(audit_app, name="audit")


@app.command()
def up(
    *,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget the sandbox's state and start anew.")
    ] = False,
    port: Annotated[
        int,
        typer.Option(min=0, max=65535, help="The page's port; the next free one is taken if it is in use."),
    ] = 4000,
) -> None:
    """Start Preflight: with Slack if there are tokens, else with a workspace on this machine."""
    settings = _settings()
    if settings.slack_is_set:
        from storage.database import migrate as migrate_database

        migrate_database(settings.database_url)
        _serve(settings)
    else:
        from bot.sandboxed import serve_with_sandbox

        asyncio.run(serve_with_sandbox(SANDBOX, port=port, fresh=fresh, playbook=settings.playbook))


@app.command()
def serve(
    *,
    http: Annotated[
        bool, typer.Option("--http", help="Take deliveries over HTTP, even with an app token.")
    ] = False,
    socket: Annotated[bool, typer.Option("--socket", help="Take deliveries over Socket Mode only.")] = False,
) -> None:
    """Serve Slack: over Socket Mode where there is an app-level token, else over HTTP."""
    _serve(_settings(needs_slack=True), http=http, socket=socket)


@app.command()
def migrate() -> None:
    """Bring the database's tables to this version."""
    from storage.database import migrate as migrate_database

    changed = migrate_database(_settings().database_url)
    typer.echo(
        "The tables are now of this version." if changed else "The tables were already of this version."
    )


@app.command()
def doctor() -> None:
    """Check tokens, scopes, channels, groups, database and playbook, and say how to mend each."""
    from bot.commands.doctor import examine

    findings = asyncio.run(examine(settings_at_work(_settings())))
    for finding in findings:
        typer.echo(finding)
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@app.command()
def counters(
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Count every pilot anew, and set the counters right.")
    ] = False,
) -> None:
    """Check that the portfolio's counters are what the pilots add up to. Ends with 1 where they are not."""
    from bot.commands.counters import checked, repaired

    settings = settings_at_work(_settings())
    if repair:
        typer.echo(repaired(settings))
        return
    finding = checked(settings)
    typer.echo(finding)
    raise typer.Exit(0 if finding.ok else 1)


@app.command()
def report(
    pilot: Annotated[str | None, typer.Argument(help="The pilot's name.", show_default=False)] = None,
    *,
    portfolio: Annotated[bool, typer.Option("--portfolio", help="All pilots instead of one.")] = False,
    written_as: Annotated[
        str | None,
        typer.Option(
            "--format",
            show_default=False,
            help="csv, json, md or html; what the file's name ends with where it is left out, else md.",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", show_default=False, help="A file; without one it goes to the screen."),
    ] = None,
) -> None:
    """Write down everything that is known of a pilot, or of all of them."""
    from bot.commands.report import format_of, save, written

    if (pilot is None) is not portfolio:
        raise CommandRefused("Name a pilot, or write --portfolio for all of them.")
    files = written(settings_at_work(_settings()), pilot, format_of(written_as, to))
    if to is None:
        typer.echo(files[0].content.removeprefix("\ufeff"), nl=False)
    else:
        made = " and ".join(str(place) for place in save(files, to))
        typer.echo(f"{'The portfolio' if portfolio else 'The report'} is in {made}.")


def _settings(*, needs_slack: bool = False) -> Settings:
    settings = Settings.load(needs_slack=needs_slack)
    configure(settings.log_level, settings.secrets())
    return settings


def _serve(settings: Settings, *, http: bool = False, socket: bool = False) -> None:
    from bot import serving

    if http and settings.slack_signing_secret is None:
        raise settings.lacking("SLACK_SIGNING_SECRET", "serve --http")
    if socket and settings.slack_app_token is None:
        raise settings.lacking("SLACK_APP_TOKEN", "serve --socket")
    if http:
        settings = settings.model_copy(update={"slack_app_token": None})
    if socket:
        settings = settings.model_copy(update={"slack_signing_secret": None})

    async def until_stopped() -> None:
        await serving.serve(settings, serving.stop_on_signals())

    asyncio.run(until_stopped())


def main() -> None:
    """Run a command; what a person can mend is said in a sentence, with exit code 1."""
    try:
        app()
    except (SettingsInvalid, CommandRefused) as refusal:
        sys.stderr.write(f"{refusal}\n")
        raise SystemExit(1) from None
    except Exception as error:
        if not isinstance(error, _what_people_can_mend()):
            raise
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None


def _what_people_can_mend() -> tuple[type[Exception], ...]:
    """Return the refusals of a start; imported only when something went wrong."""
    from bot.sandboxed import SandboxDidNotStart
    from bot.serving import PortTaken
    from bot.slack.failures import SlackFailure
    from prompts.problems import PlaybookInvalid
    from storage.failures import StorageFailure

    return StorageFailure, PlaybookInvalid, SlackFailure, PortTaken, SandboxDidNotStart


if __name__ == "__main__":
    main()
