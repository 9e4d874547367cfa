"""What the doctor finds, and what it advises."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.doctor import MANIFEST, examine, healthy
from bot.commands.findings import Finding
from bot.domain.tallies import Cell
from bot.settings import NAMES, Settings
from sandbox import seed
from sandbox.app_config import app_from_manifest
from sandbox.server import Sandbox, running_sandbox
from storage import database
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import NOW, TEAM, a_pilot
from tests.unit import small_playbook


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox(app=app_from_manifest(MANIFEST)) as running:
        yield running


class Installation:
    """Settings in a file, one of which can be made wrong."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder = folder
        self.lines = {
            "SLACK_BOT_TOKEN": sandbox.bot_token,
            "SLACK_APP_TOKEN": sandbox.app_token,
            "SLACK_API_URL": sandbox.api_url,
            "DATABASE_URL": f"sqlite:///{folder}/preflight.db",
            "PREFLIGHT_REVIEW_CHANNEL": "gate-reviews",
        }
        database.migrate(self.lines["DATABASE_URL"])

    async def examined(self, **changes: str) -> list[Finding]:
        file = self.folder / "settings.env"
        file.write_text("\n".join(f"{name}={value}" for name, value in (self.lines | changes).items()))
        return await examine(Settings.load(file))

    async def wrong(self, **changes: str) -> Finding:
        (finding,) = [finding for finding in await self.examined(**changes) if not finding.ok]
        return finding


@pytest.fixture
def installation(tmp_path: Path, sandbox: Sandbox) -> Installation:
    return Installation(tmp_path, sandbox)


async def test_a_good_installation_has_only_good_findings(
    installation: Installation, sandbox: Sandbox
) -> None:
    findings = await installation.examined()
    assert [finding.line for finding in findings if not finding.ok] == []
    assert healthy(findings)
    assert {"playbook", "database", "engine", "bot token", "scopes", "deliveries"} <= {
        f.what for f in findings
    }
    assert any(finding.what == "approvers @gate-approvers" for finding in findings)
    shown = "\n".join(finding.line for finding in findings)
    assert sandbox.bot_token not in shown.replace(sandbox.api_url, "")
    assert all("\n" not in finding.line for finding in findings)


@pytest.mark.parametrize(
    ("changes", "what", "mend"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong-token"}, "bot token", "Copy it again"),
        ({"SLACK_API_URL": "http://127.0.0.1:1/api/"}, "bot token", "SLACK_API_URL"),
        ({"SLACK_APP_TOKEN": "xapp-wrong-token"}, "deliveries", "connections:write"),
        ({"PREFLIGHT_REVIEW_CHANNEL": "nowhere"}, "PREFLIGHT_REVIEW_CHANNEL", "/invite @Preflight"),
    ],
)
async def test_each_fault_is_named_with_how_to_mend_it(
    installation: Installation, changes: dict[str, str], what: str, mend: str
) -> None:
    finding = await installation.wrong(**changes)
    assert finding.what == what
    assert mend in finding.mend
    assert finding.line.startswith("❌ wrong")


async def test_a_pilot_whose_tier_is_gone_is_named(installation: Installation) -> None:
    with Store.open(installation.lines["DATABASE_URL"]) as store:
        store.write_sync(_a_pilot_of_a_tier_that_is_gone)
    finding = await installation.wrong()
    assert finding.what == "tiers"
    assert "Refund triage (severe)" in finding.said
    assert "count as Standard" in finding.mend


async def test_counters_that_do_not_add_up_are_told(installation: Installation) -> None:
    with Store.open(installation.lines["DATABASE_URL"]) as store:
        store.write_sync(_a_wrong_counter)
    finding = await installation.wrong()
    assert (finding.what, finding.said) == ("counters", "1 counter is wrong")
    assert finding.mend == "Run: python -m bot counters --repair"


def _a_wrong_counter(tx: Tx) -> None:
    tx.workspaces.remember(TEAM, "T", "https://t.slack.com/", "U0")
    tx.tallies.add(TEAM, {Cell(stage="pilot", subject="", standing="pilots"): 1})


def _a_pilot_of_a_tier_that_is_gone(tx: Tx) -> None:
    tx.workspaces.remember(TEAM, "T", "https://t.slack.com/", "U0")
    tx.pilots.register(a_pilot("Refund triage", tier="severe", next_nudge_at=NOW))


async def test_missing_scopes_are_listed(tmp_path: Path) -> None:
    app = app_from_manifest(MANIFEST)
    fewer = replace(
        app, scopes=tuple(scope for scope in app.scopes or () if scope not in {"im:write", "usergroups:read"})
    )
    async with running_sandbox(app=fewer) as sandbox:
        findings = await Installation(tmp_path, sandbox).examined()
    wrong = {finding.what: finding for finding in findings if not finding.ok}
    assert list(wrong) == ["scopes", "approvers", "leads"]
    assert "im:write, usergroups:read" in wrong["scopes"].said
    assert "reinstall" in wrong["scopes"].mend


def deciders(findings: list[Finding]) -> dict[str, Finding]:
    about = ("approver", "policy", "role", "deciding")
    return {finding.what: finding for finding in findings if finding.what.startswith(about)}


async def test_every_group_and_policy_of_ours_is_looked_at(installation: Installation) -> None:
    found = deciders(await installation.examined())
    assert list(found) == [
        "approvers @finance-partners", "approvers @gate-approvers", "approvers @operations",
        "approvers @risk-office", "approvers @security-reviewers",
        "policy light", "policy standard", "policy strict", "policy production", "policy strict-production",
    ]  # fmt: skip
    assert not any(finding.mend for finding in found.values())
    said = "Readiness, Shadow exit and Limited exit (High): 3 people have to agree, and there are enough"
    assert found["policy strict"].said == said


async def test_who_is_missing_is_named_with_the_group_to_add_somebody_to(
    installation: Installation, sandbox: Sandbox
) -> None:
    groups = sandbox.state.usergroups
    groups[seed.GATE_APPROVERS]["users"] = [seed.PRIYA, seed.GUS]
    groups[seed.RISK_OFFICE]["users"] = []
    groups[seed.OPERATIONS]["users"] = [seed.GUS, seed.DORA]
    del groups[seed.FINANCE_PARTNERS]
    found = deciders(await installation.examined())
    lines = {what: finding.line for what, finding in found.items()}
    assert "there is no such user group → Create" in lines["approvers @finance-partners"]
    assert "policies.yaml" in lines["approvers @finance-partners"]
    assert "2 people are in it, of whom 1 may decide → Add somebody" in lines["approvers @gate-approvers"]
    assert "only guests, bots or deactivated accounts" in lines["approvers @operations"]
    assert not found["policy production"].ok
    assert lines["policy production"].endswith(
        "nobody could approve Expansion exit (Standard): too few people are there as the gate approvers "
        "→ Add somebody to @gate-approvers in Slack."
    )
    assert found["policy standard"].ok
    assert "nobody could approve what priya asks for or champions" in lines["policy standard"]
    assert "nobody is there as the risk office" in lines["policy strict"]
    assert lines["role risk"].endswith(
        "nobody could step in for approvers who do not answer, promote in an emergency or grant a waiver "
        "→ Add somebody to @risk-office in Slack."
    )


POLICIES = """\
roles:
  - {id: both, title: both of us, people: [U0PRIYANAI, U0DORAPAST, U0NOBODY01]}
  - {id: owner, title: the production owner, owner: true}
policies:
  - {id: ours, title: Ours, steps: [{seats: [{role: both, needs: 2}, {role: owner}]}]}
"""


async def test_people_who_are_named_are_looked_up_and_every_pilot_has_an_owner(
    installation: Installation, tmp_path: Path
) -> None:
    folder = small_playbook.write(tmp_path)
    (folder / "policies.yaml").write_text(POLICIES)
    small_playbook.edit(
        folder, "gates.yaml", "approvers: {title: Approvers, group: gate-approvers}", "policy: ours"
    )
    found = deciders(await installation.examined(PREFLIGHT_PLAYBOOK=str(folder)))
    assert {what: finding.ok for what, finding in found.items()} == {
        "approver U0DORAPAST": False, "approver U0NOBODY01": False, "approver U0PRIYANAI": True,
        "policy ours": False, "deciding Launch": True,
    }  # fmt: skip
    assert "the account is deactivated → Name somebody else in the playbook's policies.yaml" in str(
        found["approver U0DORAPAST"]
    )
    assert found["policy ours"].mend == "Name one more person for both of us in the playbook's policies.yaml."


async def test_a_policy_that_lets_people_approve_their_own_needs_no_other(
    installation: Installation, tmp_path: Path, sandbox: Sandbox
) -> None:
    sandbox.state.usergroups[seed.GATE_APPROVERS]["users"] = [seed.LENA]
    folder = small_playbook.write(tmp_path)
    alone = "{id: own, title: Own, self_approval: true, steps: [{seats: [{role: us}]}]}"
    (folder / "policies.yaml").write_text(
        f"roles: [{{id: us, title: us, group: gate-approvers}}]\npolicies: [{alone}]\n"
    )
    small_playbook.edit(
        folder, "gates.yaml", "approvers: {title: Approvers, group: gate-approvers}", "policy: own"
    )
    found = deciders(await installation.examined(PREFLIGHT_PLAYBOOK=str(folder)))
    assert found["policy own"].line.endswith("1 person has to agree, and there are enough")


async def test_a_database_without_tables_is_named(installation: Installation, tmp_path: Path) -> None:
    finding = await installation.wrong(DATABASE_URL=f"sqlite:///{tmp_path}/other/new.db")
    assert finding.what == "database"
    assert "migrate" in finding.mend


async def test_a_broken_playbook_is_named(installation: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "playbook"
    folder.mkdir()
    finding = await installation.wrong(PREFLIGHT_PLAYBOOK=str(folder))
    assert finding.what == "playbook"


async def test_without_tokens_there_is_nothing_to_ask_slack(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/preflight.db"
    database.migrate(url)
    file = tmp_path / "settings.env"
    file.write_text(f"DATABASE_URL={url}")
    findings = await examine(Settings.load(file))
    assert healthy(findings)
    assert "sandbox" in findings[-1].said


def leads(findings: list[Finding]) -> list[str]:
    return [finding.line for finding in findings if finding.what.startswith("lead")]


async def test_who_leads_the_portfolio_is_there_or_is_missed(
    installation: Installation, sandbox: Sandbox
) -> None:
    assert leads(await installation.examined()) == ["✅ fine   leads @portfolio-leads: 1 person is in it"]
    group = sandbox.state.usergroups[seed.PORTFOLIO_LEADS]
    group["users"] = [seed.GUS, seed.DORA]
    (line,) = leads(await installation.examined())
    assert "only guests, bots or deactivated accounts are in it → Add people" in line
    group["users"] = []
    (line,) = leads(await installation.examined())
    assert "nobody is in it → Add people" in line
    del sandbox.state.usergroups[seed.PORTFOLIO_LEADS]
    (line,) = leads(await installation.examined())
    assert line.startswith(
        "❌ wrong  leads @portfolio-leads: there is no such user group → Create the user group"
    )


async def test_leads_who_are_named_are_looked_up_and_where_nobody_is_everybody_leads(
    installation: Installation, tmp_path: Path
) -> None:
    folder = small_playbook.write(tmp_path)
    (folder / "nudges.yaml").write_text("leads: {people: [U0LENAFISC, U0DORAPAST, U0NOBODY01]}\n")
    lines = leads(await installation.examined(PREFLIGHT_PLAYBOOK=str(folder)))
    assert [line[:7] for line in lines] == ["✅ fine ", "❌ wrong", "❌ wrong"]
    assert "dora is a guest, a bot, of another workspace, or deactivated → Name somebody else" in lines[1]
    (folder / "nudges.yaml").write_text("from_hour: 8\n")
    assert leads(await installation.examined(PREFLIGHT_PLAYBOOK=str(folder))) == [
        "✅ fine   leads: nobody is named, so everybody sees the whole portfolio"
    ]


async def test_a_sponsor_whom_nothing_names_no_rules_and_a_week_unheard_are_told_and_no_fault(
    installation: Installation, tmp_path: Path
) -> None:
    folder = small_playbook.write(tmp_path)
    found = {one.what: one for one in await installation.examined(PREFLIGHT_PLAYBOOK=str(folder))}
    assert "none reaches a sponsor" in found["reminders"].said
    assert "knows.sponsor" in found["reminders"].mend
    assert "nobody hears of the week" in found["PREFLIGHT_DIGEST_CHANNEL"].said
    (folder / "nudges.yaml").write_text("rules: []\n")
    found = {one.what: one for one in await installation.examined(PREFLIGHT_PLAYBOOK=str(folder))}
    assert found["reminders"].said == "the playbook has no rules, so nobody is reminded"
    found = {one.what: one for one in await installation.examined(PREFLIGHT_DIGEST_CHANNEL="ai-pilots")}
    assert found["reminders"].said == "rules for 15 kinds of matters"
    assert found["PREFLIGHT_DIGEST_CHANNEL"].said == "#ai-pilots, and Preflight is in it"
    unseen = await installation.wrong(PREFLIGHT_DIGEST_CHANNEL="general")
    assert (unseen.what, unseen.mend) == ("PREFLIGHT_DIGEST_CHANNEL", "Type /invite @Preflight in #general.")
