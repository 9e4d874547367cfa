"""Everything that Preflight promises to know, row by row, against the questions of the playbook that ships.

The tables are written by hand, on purpose: a question that is dropped or changes its meaning shows here, and so does a promise
that no question keeps. They say what is covered by which questions, never how those are worded.
"""

from typing import NamedTuple

import pytest

from prompts.library import Library

PLAYBOOK = Library.load().playbook
ITEMS = {item.id: item for checklist in PLAYBOOK.checklists for item in checklist.items}


class Row(NamedTuple):
    """A promise in a few words, the topic that stands for it in the playbook, and the questions that keep it."""

    promise: str
    topic: str
    items: str


ROWS = [
    # Three questions before anything is built
    Row("which problem", "questions.problem", "problem"),
    Row("how success is measured", "questions.success", "success-bar"),
    Row("what has to happen for it to scale", "questions.scale", "scale-needs"),
    # A use case that can ship
    Row("bounded", "use-case.bounded", "scope"),
    Row("valuable", "use-case.valuable", "value outlook"),
    Row("recoverable when it errs", "use-case.recoverable", "recovery"),
    Row("open-ended assistants are warned about", "use-case.open-ended", "scope"),
    # Success in business terms
    Row("a metric", "success.metric", "success-bar live-metric"),
    Row("its unit", "success.unit", "success-bar"),
    Row("its direction", "success.direction", "success-bar"),
    Row("its baseline", "success.baseline", "success-bar"),
    Row("its threshold", "success.threshold", "success-bar"),
    Row("a metric that must not get worse", "success.guardrail", "must-not-worsen guardrail-metric"),
    Row("no praise of the model instead", "success.business-terms", "success-bar live-metric"),
    Row("written down, then held", "success.held", "bar-moved"),
    Row("a bar that is met leads on", "success.shipped", "decision-date live-metric"),
    # Real data and real edge cases
    Row("which live data", "real-data.live", "data-access real-data cases-compared"),
    Row("which awkward cases", "real-data.awkward", "edge-tests edge-cases"),
    Row("which seasonal peaks", "real-data.peaks", "edge-tests under-load"),
    # The seven items, with what belongs to each
    Row("1 integration: live systems", "readiness.integration", "integration"),
    Row("1 integration: in and out by themselves", "readiness.flows", "integration"),
    Row("2 monitoring: in real time", "readiness.monitoring", "monitoring"),
    Row("2 monitoring: alerts on drift", "readiness.alerts", "monitoring alert-drill"),
    Row("3 fallback", "readiness.fallback", "fallback fallback-drill"),
    Row("4 ownership: a named team", "readiness.ownership", "ownership owner-accepted"),
    Row("4 ownership: a runbook", "readiness.runbook", "ownership owner-accepted runbook-tried"),
    Row("5 cost model: per transaction", "readiness.cost-model", "cost-model"),
    Row("5 cost model: economics confirmed", "readiness.economics", "cost-model real-cost"),
    Row("6 guardrails: permissions", "readiness.guardrails", "guardrails"),
    Row("6 guardrails: limits on outputs", "readiness.outputs", "guardrails"),
    Row("6 guardrails: a human for the irreversible", "readiness.human", "guardrails"),
    Row("7 rollback", "readiness.rollback", "rollback"),
    # The eight foundations
    Row("system integrations", "foundations.integrations", "scale-needs integration"),
    Row("security requirements", "foundations.security", "security access-review"),
    Row("data quality", "foundations.data-quality", "real-data"),
    Row("user adoption", "foundations.adoption", "people-affected adoption"),
    Row("monitoring and reporting", "foundations.reporting", "monitoring usage-report"),
    Row("governance processes", "foundations.governance", "change-control governance"),
    Row("change management", "foundations.change", "people-affected operations-briefed"),
    Row("ongoing maintenance", "foundations.maintenance", "shortcuts support improvement supported-until"),
    # The six considerations of scale
    Row("flexible architecture", "scale.architecture", "replaceable"),
    Row("reusable integrations", "scale.integrations", "replaceable"),
    Row("governance", "scale.governance", "change-control governance"),
    Row("ownership", "scale.ownership", "ownership one-person owner-accepted"),
    Row("performance monitoring", "scale.performance", "monitoring under-load"),
    Row("access controls", "scale.access", "security access-review"),
    # The five parts of observability
    Row("performance monitoring", "records.performance", "monitoring usage-report"),
    Row("usage reporting", "records.usage", "adoption usage-report"),
    Row("audit trails", "records.audit", "audit-trail"),
    Row("escalation processes", "records.escalation", "escalation"),
    Row("defined ownership", "records.ownership", "ownership"),
    # The staged rollout
    Row("shadow mode", "rollout.shadow", "cases-compared agreement acted-on"),
    Row("limited release", "rollout.limited", "release-plan live-metric"),
    Row("progressive expansion against a control group", "rollout.expansion", "control-group lift"),
    Row("full rollout, proven under load", "rollout.full", "lift under-load"),
    # Full-volume economics
    Row("cost of the API", "economics.api", "cost-model real-cost"),
    Row("cost of infrastructure", "economics.infrastructure", "cost-model real-cost"),
    Row("cost of maintenance", "economics.maintenance", "cost-model real-cost support"),
    Row("cost of human oversight", "economics.oversight", "cost-model real-cost"),
    Row("at full, not demo volume", "economics.full-volume", "cost-model"),
    Row("value per transaction", "economics.value", "value"),
    Row("margin", "economics.margin", "cost-model break-even"),
    Row("break-even volume", "economics.break-even", "break-even"),
    # Organisational moves
    Row("production owner named early", "company.owner-early", "proposed-owner"),
    Row("operations brought along", "company.operations", "people-affected operations-briefed"),
    Row("the bar set and held", "company.bar", "success-bar bar-moved"),
    # The hidden cost of a stall
    Row("weeks idle", "standstill.weeks", "decision-date team-cost"),
    Row("outcomes delayed", "standstill.delay", "value"),
    Row("work duplicated", "standstill.twice", "decision-date"),
    Row("trust lost", "standstill.trust", "recovery edge-cases adoption"),
]

STEPS = {
    "business-goals": "problem scope value recovery champion sponsor proposed-owner people-affected",
    "success-metrics": "success-bar must-not-worsen cost-model break-even team-cost decision-date bar-moved",
    "integration-planning": "scale-needs data-access integration security",
    "development": "fallback guardrails rollback change-control shortcuts operations-briefed release-plan audit-trail replaceable",
    "testing": (
        "real-data edge-tests cases-compared agreement acted-on edge-cases fallback-drill control-group lift under-load"
    ),
    "monitoring": (
        "monitoring ownership escalation live-metric guardrail-metric real-cost alert-drill adoption one-person usage-report"
    ),
    "continuous-improvement": (
        "owner-accepted support governance improvement runbook-tried supported-until access-review outlook"
    ),
}

AREAS = {
    "goal": "success-bar live-metric",
    "data": "data-access real-data",
    "integrations": "integration shortcuts",
    "security": "security guardrails",
    "monitoring": "monitoring alert-drill",
    "ownership": "ownership owner-accepted",
    "scale": "release-plan lift under-load",
    "maintenance": "change-control support",
}

STALLS = {
    "wrong-proof": "success-bar real-data live-metric lift",
    "no-production-owner": "proposed-owner ownership owner-accepted",
    "integration-unscoped": "scale-needs data-access integration",
    "unclear-economics": "value cost-model break-even real-cost",
    "purgatory": "success-bar decision-date live-metric bar-moved",
    "unclear-objectives": "problem scope success-bar",
    "no-production-data": "data-access real-data",
    "no-integration-plan": "scale-needs integration",
    "undefined-ownership": "proposed-owner ownership escalation",
    "no-governance": "change-control guardrails governance audit-trail",
    "shortcuts": "shortcuts change-control support",
    "orphaned": "champion sponsor one-person",
    "integration-surprise": "integration edge-tests under-load",
    "late-cost": "scale-needs cost-model real-cost",
    "big-bang": "release-plan cases-compared operations-briefed",
}
"""The causes of a stall, each with the questions that must guard against it; others may as well."""

GATES = {
    "framing": {
        "the three questions": "problem success-bar scale-needs",
        "a use case that fits": "scope value recovery",
        "the bar, and what must not get worse": "success-bar must-not-worsen",
        "access to data": "data-access",
        "champion, sponsor, proposed owner": "champion sponsor proposed-owner",
    },
    "readiness": {
        "the seven": "integration monitoring fallback ownership cost-model guardrails rollback",
        "real data and edge cases": "real-data edge-tests",
        "foundations": "security real-data people-affected change-control shortcuts",
    },
    "shadow-exit": {
        "agreement on enough real cases": "agreement cases-compared",
        "edge cases found": "edge-cases",
        "fallback drilled": "fallback-drill",
        "operations briefed": "operations-briefed",
    },
    "limited-exit": {
        "live metrics at the bar": "live-metric",
        "guardrail intact": "guardrail-metric",
        "real cost within the model": "real-cost",
        "control group defined": "control-group",
        "alerts fired in a drill": "alert-drill",
    },
    "expansion-exit": {
        "lift against the control group": "lift",
        "monitoring and fallback under load": "under-load",
        "owner accepted, with runbook": "owner-accepted",
        "support": "support",
        "governance": "governance",
        "usage reporting": "usage-report",
    },
    "upkeep": {
        "continuous improvement": "improvement",
        "runbook, versions and access": "runbook-tried supported-until access-review",
    },
}
"""What each gate asks for the first time."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.topic)
def test_a_promise_is_kept_by_the_questions_that_are_named_for_it(row: Row) -> None:
    covering = {item.id for item in ITEMS.values() if row.topic in item.covers}
    assert covering == set(row.items.split())
    assert covering, f"nobody asks about: {row.promise}"


def test_the_playbook_s_topics_are_these_promises_and_no_others() -> None:
    topics = [topic.id for topic in PLAYBOOK.framework.topics]
    assert topics == [row.topic for row in ROWS]
    assert {topic for item in ITEMS.values() for topic in item.covers} == set(topics)


def test_every_step_has_its_questions_in_the_order_of_the_way() -> None:
    assert [step.id for step in PLAYBOOK.framework.steps] == list(STEPS)
    for step, items in STEPS.items():
        assert {item.id for item in ITEMS.values() if item.step == step} == set(items.split())


def test_each_area_of_the_posture_has_two_poles_and_questions_that_show_which() -> None:
    assert {area.id: set(area.shown_by) for area in PLAYBOOK.posture} == {
        area: set(items.split()) for area, items in AREAS.items()
    }
    assert all(area.pilot != area.production for area in PLAYBOOK.posture)


def test_questions_guard_against_each_of_the_fifteen_reasons_to_stall() -> None:
    assert [cause.id for cause in PLAYBOOK.framework.stalls] == list(STALLS)
    for cause, items in STALLS.items():
        guards = {item.id for item in ITEMS.values() if cause in item.guards_against}
        assert guards >= set(items.split()), cause


@pytest.mark.parametrize("gate_id", GATES)
def test_a_gate_asks_what_it_is_there_to_ask(gate_id: str) -> None:
    own = next(checklist for checklist in PLAYBOOK.checklists if checklist.id == gate_id)
    for what, items in GATES[gate_id].items():
        assert {item.id for item in own.items} >= set(items.split()), what
    gate = PLAYBOOK.gate(gate_id)
    assert gate is not None
    assert gate.checklists[-1] == gate_id


def test_upkeep_asks_again_whatever_has_grown_old() -> None:
    upkeep = next(gate for gate in PLAYBOOK.gates if not gate.leads_on)
    assert {item.id for item in PLAYBOOK.items_of(upkeep)} == set(ITEMS)
    for what in ("live-metric", "guardrail-metric", "real-cost"):
        assert ITEMS[what].freshness_days < (upkeep.every_days or 0), f"{what} has to be looked at each time"
