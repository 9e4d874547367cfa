"""A pilot after its approval, in any order of answers, waivers, people, holds and days: what must always hold."""

import tempfile
from contextlib import suppress
from datetime import UTC, timedelta
from pathlib import Path

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.domain.answers import Reading, Status
from bot.domain.errors import Refusal
from bot.domain.reviews import Condition
from bot.domain.values import PREFLIGHT
from bot.domain.waivers import Waiver, WaiverState, day_of
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldsRefused
from bot.reopening import workflow as reopening
from bot.stages import workflow as stages
from bot.stages.seen import seen_hold
from bot.waivers import workflow as waivers
from bot.waivers.workflow import Entered
from prompts.library import Library
from storage.store import Store
from tests.fresh import fresh_database

from .conftest import JONAS, MAYA, PANEL, PLAYBOOK, PRIYA, SAM, House, _settle_in, registration
from .reopened import (
    answer,
    approve,
    becomes,
    flags,
    put_in_place,
    readiness,
    said,
    subjects,
    sweep,
    with_playbook,
    with_readiness,
)

ITEMS = ("monitoring", "cost-model", "rollback")
WAIVED = "rollback"
"""Accepted as a risk when the pilot was approved; the others were in place."""
LIBRARY = Library.load(PLAYBOOK)
items = st.sampled_from(ITEMS)


class AnyOrder(RuleBasedStateMachine):
    """One pilot in shadow that stands on two answers, a waiver and a condition."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(fresh_database(Path(self.folder.name) / "preflight.db"))
        self.store.__enter__()
        self.house = House(self.store, LIBRARY)
        self.store.write_sync(_settle_in)
        with_readiness(self.house, *(one for one in readiness(self.house) if one.id in ITEMS))
        gates = self.house.library.playbook.gates
        with_playbook(
            self.house, gates=tuple(one.model_copy(update={"checklists": ("readiness",)}) for one in gates)
        )
        self.pilot = self.house.do(pilots.register, MAYA, registration())
        put_in_place(self.house, self.pilot, but=frozenset({WAIVED}))
        self._waive(WAIVED, 20)
        self.due_on = day_of(self.house.now) + timedelta(days=30)
        approve(self.house, self.pilot, Condition(what="Try it.", owner_id=SAM, due_on=self.due_on))

    def teardown(self) -> None:
        self.store.__exit__(None, None, None)
        self.folder.cleanup()

    def _waive(self, item_id: str, days: int) -> None:
        until = day_of(self.house.now) + timedelta(days=days)
        entered = Entered((item_id,), until, "Few cases.")
        asked = self.house.do(waivers.ask, MAYA, self.pilot.id, entered, PANEL)
        self.house.do(waivers.grant, PRIYA, asked.id, PANEL)

    @rule(item_id=items, status=st.sampled_from([Status.IN_PLACE, Status.NOT_YET, Status.NOT_APPLICABLE]))
    def answers(self, item_id: str, status: Status) -> None:
        answer(
            self.house,
            self.pilot,
            item_id,
            Reading(status=status, detail="It was looked at once more, and that is how it is."),
        )

    @rule(item_id=items, days=st.integers(1, 40))
    def waive(self, item_id: str, days: int) -> None:
        with suppress(Refusal, FieldsRefused):
            self._waive(item_id, days)

    @rule()
    def revoke(self) -> None:
        granted = [one for one in self._waivers() if one.state is WaiverState.GRANTED]
        for one in granted[:1]:
            self.house.do(waivers.revoke, SAM, one.request_id, None, "No more.", PANEL, frozenset())

    def _waivers(self) -> list[Waiver]:
        return self.store.read_sync(lambda tx: tx.waivers.all_of_pilot(self.pilot.id))

    @rule(gone=st.booleans())
    def owner(self, *, gone: bool) -> None:
        becomes(self.house, JONAS, deactivated=gone)

    @rule(days=st.integers(1, 30))
    def hold(self, days: int) -> None:
        seen, until = (
            seen_hold(self.house.pilot(self.pilot.id)),
            day_of(self.house.now) + timedelta(days=days),
        )
        self.house.do(stages.hold, MAYA, self.pilot.id, seen, "Holidays.", until)

    @rule()
    def go_on(self) -> None:
        with suppress(Refusal):
            self.house.do(stages.resume, MAYA, self.pilot.id)

    @rule(minutes=st.sampled_from([1, 60, 60 * 24, 60 * 24 * 3, 60 * 24 * 14, 60 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.house.later(minutes=minutes)
        while self.house.do(waivers.lapse, PREFLIGHT):
            pass
        sweep(self.house)

    @invariant()
    def what_is_raised_is_what_ought_to_be(self) -> None:
        """Whoever looks when it was said to look knows at any time what there is to know."""
        self.house.later(seconds=1)
        assert subjects(self.house, self.pilot) == self._plainly()
        look_at = self.house.pilot(self.pilot.id).next_look_at
        assert look_at is None or look_at > self.house.now

    def _plainly(self) -> set[tuple[str, str]]:
        """Say what ought to be raised, from what people did."""
        now, found = self.house.now, set()
        given = self.store.read_sync(lambda tx: tx.answers.current(self.pilot.id))
        covered = {
            one.item_id
            for one in self._waivers()
            if one.state is WaiverState.GRANTED and now.astimezone(UTC).date() < one.until
        }
        for item in readiness(self.house):
            answered = given[item.id]
            old = now - answered.answered_at >= timedelta(days=item.freshness_days)
            in_place = answered.status is Status.IN_PLACE
            if item.id in covered or answered.status is Status.NOT_APPLICABLE or (in_place and not old):
                continue
            found.add(("waiver" if item.id == WAIVED and not in_place else "evidence", item.id))
        person = self.store.read_sync(lambda tx: tx.people.get(self.pilot.workspace_id, JONAS))
        if person and person.deactivated:
            found.add(("owner", JONAS))
        if now.astimezone(UTC).date() > self.due_on:
            (action,) = self.store.read_sync(lambda tx: tx.actions.conditions_of_pilot(self.pilot.id))
            found.add(("condition", action.id))
        return found

    @invariant()
    def one_word_at_most_asks_for_something(self) -> None:
        words, raised = said(self.house, self.pilot), flags(self.house, self.pilot)
        asking = [word for word in words if "everything holds again" not in word]
        on_hold = self.house.pilot(self.pilot.id).hold is not None
        assert len(asking) == (1 if raised and not on_hold else len(asking) if raised else 0)
        assert len(asking) <= 1

    @invariant()
    def the_card_says_so(self) -> None:
        is_open = bool(flags(self.house, self.pilot))
        assert ("Open again" in self.house.words(pilots.card_key(self.pilot.id))) is is_open or (
            self.house.pilot(self.pilot.id).hold is not None
        )

    @invariant()
    def looking_again_changes_nothing(self) -> None:
        before = self.house.pilot(self.pilot.id), self.house.audited(self.pilot.id)
        self.house.do(reopening.look, PREFLIGHT, self.pilot.id)
        assert self.house.touched == []
        assert (self.house.pilot(self.pilot.id), self.house.audited(self.pilot.id)) == before


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(deadline=None, derandomize=True, max_examples=6, stateful_step_count=12)
