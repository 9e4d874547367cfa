"""What is wrong with an installation, and how to mend it: one finding per check, for `python -m bot doctor`.

Looks and changes nothing, except that an empty SQLite file may be made. Every check stands alone, so that one fault does
not hide the next. No finding contains a secret.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import yaml

from bot.at_work import is_sandbox
from bot.commands import counters
from bot.commands.doctor_deciding import deciding
from bot.commands.doctor_reminding import leading, reminding, week_unheard
from bot.commands.findings import Finding
from bot.domain.playbook import Playbook
from bot.logs import redacted
from bot.settings import Settings
from bot.slack import connections
from bot.slack.answers import Identity
from bot.slack.failures import Retryable, SlackFailure, classify
from bot.slack.gateway import SlackGateway

MANIFEST: Final = Path(__file__).parents[2] / "manifest.yaml"
WEEK_IN: Final = "PREFLIGHT_DIGEST_CHANNEL"

_TOKEN_FAULTS: Final = {
    "invalid_auth": "The token is wrong. Copy it again from the app's page, OAuth & Permissions, into SLACK_BOT_TOKEN.",
    "not_authed": "The token is missing. Copy it from the app's page, OAuth & Permissions, into SLACK_BOT_TOKEN.",
    "token_revoked": "The token was revoked. Install the app to the workspace again and copy the new token.",
    "token_expired": "The token has expired. Install the app to the workspace again and copy the new token.",
    "account_inactive": "The app was removed from the workspace. Install it again and copy the new token.",
}


async def examine(settings: Settings) -> list[Finding]:
    """Return what was found, in the order in which things are best mended; nothing is wrong when all are `ok`."""
    findings = []
    playbook, finding = _playbook(settings)
    findings.append(finding)
    findings += [reminding(playbook)] if playbook else []
    findings.append(_checked("database", lambda: _database(settings)))
    if playbook and findings[-1].ok:
        findings.append(_checked("stages", lambda: _stages(settings, playbook)))
        findings.append(_checked("tiers", lambda: _tiers(settings, playbook)))
        findings.append(_checked("counters", lambda: counters.checked(settings)))
    findings.append(_checked("engine", lambda: _engine(settings)))
    if not settings.slack_is_set:
        said = "no tokens are set, so Preflight runs in its sandbox"
        return [*findings, Finding("Slack", ok=True, said=said)]
    findings += [finding async for finding in _slack(settings, playbook)]
    return findings


def healthy(findings: list[Finding]) -> bool:
    """Whether nothing is wrong."""
    return all(finding.ok for finding in findings)


def _playbook(settings: Settings) -> tuple[Playbook | None, Finding]:
    from prompts.library import Library
    from prompts.problems import PlaybookInvalid

    try:
        playbook = Library.load(settings.playbook).playbook
    except (PlaybookInvalid, OSError) as error:
        mend = "Correct the files and look again, or leave PREFLIGHT_PLAYBOOK out for the playbook that comes with Preflight."
        return None, Finding("playbook", ok=False, said=str(error), mend=mend)
    counts = (
        f"{len(playbook.stages)} stages, {len(playbook.gates)} gates, {len(playbook.checklists)} checklists"
    )
    return playbook, Finding("playbook", ok=True, said=f"{settings.playbook or 'the default'}, {counts}")


def _checked(what: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever is wrong is the finding
        said = redacted(str(error) or type(error).__name__)
        return Finding(
            what, ok=False, said=said, mend="Check DATABASE_URL and that its folder or server can be reached."
        )


def _database(settings: Settings) -> Finding:
    from storage import database

    where = database.where(database.parse(settings.database_url))
    state = database.schema_state(settings.database_url)
    if state is database.SchemaState.CURRENT:
        return Finding("database", ok=True, said=where)
    mend = "Run: python -m bot up" if is_sandbox(settings) else "Run: python -m bot migrate"
    if state is database.SchemaState.UNKNOWN:
        mend = "A newer Preflight made it. Run that version, or restore a copy."
    return Finding("database", ok=False, said=f"the tables of {where} are {state}", mend=mend)


def _stages(settings: Settings, playbook: Playbook) -> Finding:
    """Look for pilots in stages that the playbook does not have: nothing leads on from there."""
    from storage.store import Store

    with Store.open(settings.database_url) as store:
        strays = store.read_sync(lambda tx: tx.pilots.outside(stage.id for stage in playbook.stages))
    if not strays:
        return Finding("stages", ok=True, said="every pilot is in a stage of the playbook")
    named = ", ".join(f"{pilot.name} in {pilot.stage}" for pilot in strays[:10])
    mend = "Put the stage back into stages.yaml under its old id; its title may change."
    return Finding("stages", ok=False, said=f"the playbook has no such stage: {named}", mend=mend)


def _tiers(settings: Settings, playbook: Playbook) -> Finding:
    """Look for pilots of tiers that the playbook does not have: they would be decided as those of the first tier."""
    from storage.store import Store

    known = {"", *(tier.id for tier in playbook.tiers)}
    with Store.open(settings.database_url) as store:
        pilots = store.read_sync(
            lambda tx: [
                one for team in tx.workspaces.all() for one in tx.pilots.all_active(team.workspace_id)
            ]
        )
    strays = [pilot for pilot in pilots if pilot.tier not in known]
    if not strays or not playbook.tiers:
        return Finding("tiers", ok=True, said="every pilot is of a tier of the playbook")
    named = ", ".join(f"{pilot.name} ({pilot.tier})" for pilot in strays[:10])
    mend = (
        f"Until then they count as {playbook.tiers[0].title}. Put the tier back into policies.yaml under its old "
        "id, or choose another tier for them in Slack."
    )
    return Finding("tiers", ok=False, said=f"the playbook has no such tier: {named}", mend=mend)


def _engine(settings: Settings) -> Finding:
    from bot.delivery.dbos_settings import open_system_database
    from storage import database

    engine = open_system_database(settings.database_url, mend=False)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    finally:
        engine.dispose()
    return Finding("engine", ok=True, said=f"its tables in {database.where(engine.url)} can be reached")


async def _slack(settings: Settings, playbook: Playbook | None) -> AsyncIterator[Finding]:
    assert settings.slack_bot_token is not None
    async with SlackGateway(settings.slack_bot_token.get_secret_value(), settings.slack_api_url) as slack:
        try:
            identity = await slack.identity()
        except SlackFailure as failure:
            yield Finding("bot token", ok=False, said=str(failure), mend=_mend_token(failure, settings))
            return
        name = f"{identity.name} ({identity.url})" if identity.url else identity.name
        yield Finding("bot token", ok=True, said=f"it is for the workspace {name}")
        yield _scopes(identity)
        yield await _deliveries(settings)
        for variable, channel in (
            ("PREFLIGHT_REVIEW_CHANNEL", settings.review_channel),
            (WEEK_IN, settings.digest_channel),
            ("PREFLIGHT_OPERATIONS_CHANNEL", settings.operations_channel),
        ):
            yield await _channel(slack, identity, variable, channel)
        if playbook:
            found = [
                *await deciding(slack, identity, playbook),
                *await leading(slack, identity, playbook.nudges.leads),
            ]
            for finding in found:
                yield finding


def _mend_token(failure: SlackFailure, settings: Settings) -> str:
    if isinstance(failure, Retryable):
        return f"{settings.slack_api_url} cannot be reached. Check the network, a proxy, and SLACK_API_URL."
    return _TOKEN_FAULTS.get(failure.code, "Try again in a minute; if it stays, look at status.slack.com.")


def wanted_scopes() -> frozenset[str]:
    """Return the scopes that the manifest asks for."""
    manifest: Any = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    return frozenset(manifest["oauth_config"]["scopes"]["bot"])


def _scopes(identity: Identity) -> Finding:
    if identity.scopes is None:
        return Finding("scopes", ok=True, said="Slack did not say which the token has")
    missing = sorted(wanted_scopes() - identity.scopes)
    if missing:
        mend = "Add them on the app's page under OAuth & Permissions, or paste manifest.yaml again, and reinstall the app."
        return Finding("scopes", ok=False, said=f"the token lacks {', '.join(missing)}", mend=mend)
    more = sorted(identity.scopes - wanted_scopes())
    return Finding("scopes", ok=True, said="all there" + (f"; not needed: {', '.join(more)}" if more else ""))


async def _deliveries(settings: Settings) -> Finding:
    """Check the way in: Slack gives the address of a connection only for a right app-level token."""
    if settings.slack_app_token is None:
        said = "HTTP; Slack's own check of https://your-host/slack/events shows whether the signing secret is right"
        return Finding("deliveries", ok=True, said=said)
    async with connections.open_session(settings.slack_api_url) as session:
        client = connections.client(
            settings.slack_app_token.get_secret_value(), settings.slack_api_url, session
        )
        try:
            await client.api_call("apps.connections.open")
        except Exception as error:  # noqa: BLE001 - sorted at once
            failure = classify(error, "apps.connections.open")
            mend = (
                "Make an app-level token with connections:write on the app's page under Basic Information, switch Socket "
                "Mode on, and copy the token into SLACK_APP_TOKEN."
            )
            return Finding("deliveries", ok=False, said=str(failure), mend=mend)
    return Finding("deliveries", ok=True, said="Socket Mode, and the app-level token works")


async def _channel(slack: SlackGateway, identity: Identity, variable: str, name: str | None) -> Finding:
    if name is None and variable == WEEK_IN:
        return week_unheard(variable)
    if name is None:
        return Finding(variable, ok=True, said="not set")
    try:
        channel = await slack.channel_named(identity.workspace_id, name)
    except SlackFailure as failure:
        return Finding(variable, ok=False, said=str(failure), mend="Mend the scopes first, then look again.")
    if channel is None:
        mend = "Check the name. A private channel is seen only once Preflight is in it: type /invite @Preflight there."
        return Finding(
            variable, ok=False, said=f"there is no channel {name} that Preflight can see", mend=mend
        )
    if channel.is_archived:
        mend = f"Choose another channel in {variable}, or bring this one back."
        return Finding(variable, ok=False, said=f"#{channel.name} is archived", mend=mend)
    if not channel.is_member:
        mend = f"Type /invite @Preflight in #{channel.name}."
        return Finding(variable, ok=False, said=f"Preflight is not in #{channel.name}", mend=mend)
    return Finding(variable, ok=True, said=f"#{channel.name}, and Preflight is in it")
