"""Waivers in any order of people, steps and days: what must always hold, whoever does what when."""

import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain.answers import Reading, Status
from bot.domain.errors import Refusal
from bot.domain.readiness import Standing
from bot.domain.review import Panel
from bot.domain.waivers import Waiver, WaiverState, day_of
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldsRefused
from bot.waivers import workflow as waivers
from bot.waivers.shown import card_key
from bot.waivers.workflow import Entered
from prompts.library import Library
from tests.fresh import KEPT, fresh_database

from .conftest import GONE, GUEST, JONAS, MAYA, PLAYBOOK, PRIYA, SAM, House, _settle_in, registration

ITEMS = ("monitoring", "rollback")
PEOPLE = (MAYA, JONAS, PRIYA, SAM, GUEST, GONE)
PANEL = Panel(title="Gate approvers", people=frozenset({PRIYA, SAM, MAYA, GUEST}), shown="@gate-approvers")
LIBRARY = Library.load(PLAYBOOK)
STEPS = ("grant", "refuse", "revoke")
people, approvers, items = st.sampled_from(PEOPLE), st.sampled_from([PRIYA, SAM]), st.sampled_from(ITEMS)


class AnyOrder(RuleBasedStateMachine):
    """One pilot, two items that are not there, six people who may try anything, and time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.opened = KEPT.store(fresh_database(Path(self.folder.name) / "preflight.db"))
        self.store = self.opened.__enter__()
        self.house = House(self.store, LIBRARY)
        self.store.write_sync(_settle_in)
        self.pilot = self.house.do(pilots.register, MAYA, registration())
        for item_id in ITEMS:
            self._answer(item_id, Status.NOT_YET, MAYA)

    def teardown(self) -> None:
        self.opened.__exit__(None, None, None)
        self.folder.cleanup()

    def _answer(self, item_id: str, status: Status, by: str) -> None:
        self.house.do(
            interviews.change_answer, by, self.pilot.id, item_id, Reading(status=status, detail="As it is")
        )

    def all(self) -> list[Waiver]:
        return self.store.read_sync(lambda tx: tx.waivers.all_of_pilot(self.pilot.id))

    def in_state(self, state: WaiverState) -> list[Waiver]:
        return [one for one in self.all() if one.state is state]

    @rule(by=people, chosen=st.sets(items, min_size=1), days=st.integers(-1, 40))
    def ask(self, by: str, chosen: set[str], days: int) -> None:
        until = day_of(self.house.now) + timedelta(days=days)
        with suppress(Refusal, FieldsRefused):
            self.house.do(waivers.ask, by, self.pilot.id, Entered(tuple(chosen), until, "Few cases"), PANEL)

    @precondition(lambda self: self.all())
    @rule(by=people, which=st.integers(0, 20), step=st.sampled_from(STEPS))
    def try_anything(self, by: str, which: int, step: str) -> None:
        history = self.all()
        self._decide(by, history[-1 - which % len(history)].request_id, step)

    @precondition(lambda self: self.in_state(WaiverState.ASKED))
    @rule(by=approvers, step=st.sampled_from(["grant", "grant", "refuse"]))
    def decide(self, by: str, step: str) -> None:
        self._decide(by, self.in_state(WaiverState.ASKED)[-1].request_id, step)

    @precondition(lambda self: self.in_state(WaiverState.GRANTED))
    @rule(by=people)
    def revoke(self, by: str) -> None:
        self._decide(by, self.in_state(WaiverState.GRANTED)[-1].request_id, "revoke")

    def _decide(self, by: str, request_id: str, step: str) -> None:
        with suppress(Refusal):
            if step == "grant":
                self.house.do(waivers.grant, by, request_id, PANEL)
            elif step == "refuse":
                self.house.do(waivers.refuse, by, request_id, "No", PANEL)
            else:
                self.house.do(waivers.revoke, by, request_id, None, "No", PANEL, frozenset({JONAS}))

    @rule(
        item_id=items,
        status=st.sampled_from([Status.IN_PLACE, Status.NOT_YET]),
        by=st.sampled_from(PEOPLE[:4]),
    )
    def answer(self, item_id: str, status: Status, by: str) -> None:
        self._answer(item_id, status, by)

    @rule(days=st.integers(0, 5), swept=st.booleans())
    def wait(self, days: int, *, swept: bool) -> None:
        self.house.later(days=days)
        if swept:
            self.house.do(waivers.lapse, "preflight")
            assert all(
                one.until > day_of(self.house.now)
                for one in self.all()
                if one.state in {WaiverState.ASKED, WaiverState.GRANTED}
            )

    @invariant()
    def one_runs_for_an_item(self) -> None:
        running = [one.item_id for one in self.all() if one.state in {WaiverState.ASKED, WaiverState.GRANTED}]
        assert len(running) == len(set(running))

    @invariant()
    def nobody_accepts_a_risk_of_their_own_making(self) -> None:
        for one in self.all():
            if one.decided_by:
                assert one.decided_by in {PRIYA, SAM}
                assert one.decided_by != one.asked_by
            if one.state is WaiverState.REVOKED:
                assert one.ended_by in {PRIYA, SAM, MAYA, JONAS}

    @invariant()
    def the_verdict_counts_what_holds_today_and_nothing_else(self) -> None:
        today = day_of(self.house.now)
        holds = {one.item_id for one in self.all() if one.holds_on(today)}
        verdict = self.house.do(pilots.standing_of, MAYA, self.house.pilot(self.pilot.id)).verdict
        open_ones = {one.item.id for one in verdict.items if not one.settled}
        assert {one.item.id for one in verdict.of(Standing.WAIVED)} == holds & open_ones

    @invariant()
    def the_card_offers_what_can_be_done(self) -> None:
        by_request: dict[str, set[WaiverState]] = {}
        for one in self.all():
            by_request.setdefault(one.request_id, set()).add(one.state)
        for request_id, states in by_request.items():
            card = self.house.words(card_key(request_id))
            assert ("waivers.grant" in card) == (WaiverState.ASKED in states)
            assert ("waivers.revoke" in card) == (WaiverState.GRANTED in states)

    @invariant()
    def the_record_tells_the_whole_story(self) -> None:
        entries = self.store.read_sync(
            lambda tx: tx.audit.of(self.pilot.workspace_id, "pilot", self.pilot.id)
        )
        steps = [one for one in entries if one.what.startswith("waiver.") and one.after]
        told: dict[tuple[str, str], str] = {}
        for entry in steps:
            after = entry.after or {}
            told |= {(after["request"], item_id): after["state"] for item_id in after["items"]}
        for one in self.all():
            silently = one.state is WaiverState.LAPSED and one.decided_at is None
            assert told[one.request_id, one.item_id] == one.state.value or silently


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=10, stateful_step_count=20, deadline=None, derandomize=True)
