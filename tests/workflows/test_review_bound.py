"""An approval is of what was seen: what changes meanwhile makes votes stale, unless it says the same as before."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.domain import snapshots
from bot.domain.answers import Reading, Status
from bot.domain.pilots import Metric, Pilot
from bot.domain.policies import Material
from bot.domain.review import AlreadyRequested
from bot.domain.reviews import Choice, Review, ReviewState
from bot.pilots import workflow as pilots
from bot.review import binding, deciding, errors, looking, requesting, workflow as reviews
from storage.transaction import Tx

from .conftest import JONAS, MAYA, PRIYA, SAM, House
from .gates import (
    IN_PLACE,
    LENA,
    NOT_YET,
    TOMAS,
    approves,
    board,
    changes,
    decided_by,
    declines,
    now,
    ready,
    request,
    seen,
)

BOTH = board(risk=[PRIYA, SAM], security=[LENA, TOMAS])
OTHER_WORDS = IN_PLACE.model_copy(update={"detail": "Live since 4 March"})
MENDED = IN_PLACE.model_copy(update={"detail": "live  since 3 March."})


@pytest.fixture
def review(house: House, pilot: Pilot) -> Review:
    """Return a review about which Priya has spoken, and somebody of security has not."""
    decided_by(house, {"risk": 1, "security": 1})
    review = request(house, ready(house, pilot), BOTH)
    house.deliver(reviews.card_key(review.id), "2000.000000")
    approves(house, PRIYA, review, BOTH)
    return now(house, review)


def touches(house: House, review: Review, **facts: Any) -> None:
    """Change a fact of the pilot, as its own form would."""

    def work(desk: Any) -> None:
        pilot = pilots.get_active(desk, review.pilot_id)
        desk.tx.pilots.record(pilot.model_copy(update=facts))
        pilots.changed(desk, pilot.id, "pilot.tier_changed", after={})

    house.do(work, MAYA)


def again(house: House, review: Review) -> str:
    return house.words(f"review:{review.id}:again:{seen(now(house, review))}")


class TestWhatChanges:
    def test_other_words_make_votes_stale_and_ask_again_only_those_who_voted(
        self, house: House, review: Review
    ) -> None:
        changes(house, review, "monitoring", OTHER_WORDS)
        after = now(house, review)
        assert after.is_open
        assert after.snapshot_hash != review.snapshot_hash
        assert after.changed == ("Monitoring",)
        assert f"<@{PRIYA}>" in again(house, review)
        assert LENA not in again(house, review)
        assert "review.changed" in house.audited(review.pilot_id)
        assert "onitoring" in house.words(reviews.card_key(review.id))
        assert approves(house, LENA, review, BOTH).state is ReviewState.OPEN
        assert approves(house, PRIYA, review, BOTH).state is ReviewState.APPROVED

    def test_what_the_first_voters_saw_can_still_be_opened(self, house: House, review: Review) -> None:
        changes(house, review, "monitoring", OTHER_WORDS)
        facts = house.do(looking.facts_of, PRIYA, review.id)
        assert house.do(looking.before, PRIYA, facts) == review.snapshot
        assert house.do(looking.snapshot_by, LENA, facts, seen(review)) == review.snapshot
        assert house.do(looking.snapshot_by, LENA, facts, "no such mark") == now(house, review).snapshot
        assert house.do(looking.before, LENA, facts) is None

    def test_a_click_on_what_was_there_before_is_refused_and_told_what_changed(
        self, house: House, review: Review
    ) -> None:
        changes(house, review, "monitoring", OTHER_WORDS)
        for mark in (seen(review), "", "forged"):
            with pytest.raises(errors.ChangedSince, match="monitoring"):
                house.do(deciding.vote, LENA, review.id, mark, Choice.APPROVE, BOTH)
            with pytest.raises(errors.ChangedSince, match="monitoring"):
                house.do(deciding.vote, LENA, review.id, mark, Choice.DECLINE, BOTH, reason="No")

    @pytest.mark.parametrize(
        "reading", [IN_PLACE, MENDED, IN_PLACE.model_copy(update={"detail": "Live  since 3  March"})]
    )
    def test_the_same_again_and_a_slip_mended_change_nothing(
        self, house: House, review: Review, reading: Reading
    ) -> None:
        house.later(days=1)
        changes(house, review, "monitoring", reading, by=JONAS)
        assert now(house, review).snapshot_hash == review.snapshot_hash
        assert approves(house, LENA, review, BOTH).state is ReviewState.APPROVED

    def test_nobody_is_asked_again_who_has_not_voted_on_the_last_change(
        self, house: House, review: Review
    ) -> None:
        changes(house, review, "monitoring", OTHER_WORDS)
        first = seen(now(house, review))
        changes(house, review, "rollback", OTHER_WORDS)
        assert again(house, review) == ""
        assert now(house, review).changed == ("Monitoring", "Rollback")
        assert house.words(f"review:{review.id}:again:{first}")
        approves(house, SAM, review, BOTH)
        changes(house, review, "rollback", IN_PLACE)
        assert now(house, review).changed == ("Rollback",)
        assert f"<@{SAM}>" in again(house, review)
        assert PRIYA not in again(house, review)

    def test_what_is_put_back_as_it_was_is_another_snapshot_all_the_same(
        self, house: House, review: Review
    ) -> None:
        touches(house, review, owner_id=SAM)
        touches(house, review, owner_id=JONAS)
        assert now(house, review).snapshot_hash != review.snapshot_hash
        assert approves(house, LENA, review, BOTH).state is ReviewState.OPEN

    @pytest.mark.parametrize(
        ("facts", "said"),
        [
            ({"owner_id": SAM}, "the owner"),
            ({"champion_id": SAM}, "the champion"),
            (
                {"metric": Metric(name="Deflection", unit="%", baseline=Decimal(22), bar=Decimal(40))},
                "the bar",
            ),
        ],
    )
    def test_facts_of_the_pilot_are_material(
        self, house: House, review: Review, facts: dict[str, Any], said: str
    ) -> None:
        touches(house, review, **facts)
        assert now(house, review).changed == (said,)

    def test_an_owner_who_accepts_meanwhile_is_shown_and_asks_nobody_again(
        self, house: House, review: Review
    ) -> None:
        before = house.words(reviews.card_key(review.id))
        touches(house, review, owner_accepted_at=house.now)
        assert now(house, review).snapshot_hash == review.snapshot_hash
        assert house.words(reviews.card_key(review.id)) != before

    def test_another_way_of_deciding_counts_and_another_title_does_not(
        self, house: House, review: Review
    ) -> None:
        book = house.library.playbook
        policy = book.policies[0].model_copy(update={"title": "Renamed"})
        house.library = house.library.__class__(
            book.model_copy(update={"policies": (policy,)}), house.library.templates, house.library.earlier
        )
        changes(house, review, "monitoring", IN_PLACE)
        assert now(house, review).snapshot_hash == review.snapshot_hash
        decided_by(house, {"risk": 2, "security": 1})
        with pytest.raises(errors.ChangedSince, match="who decides"):
            approves(house, LENA, review, BOTH)
        house.do(binding.look_again, "preflight", review.id)
        assert now(house, review).changed == ("who decides",)
        approves(house, LENA, review, BOTH)
        approves(house, PRIYA, review, BOTH)
        assert approves(house, SAM, review, BOTH).state is ReviewState.APPROVED


class TestNotReadyAnyMore:
    def test_it_stays_open_cannot_be_approved_and_says_what_is_missing(
        self, house: House, review: Review
    ) -> None:
        changes(house, review, "monitoring", NOT_YET)
        assert "onitoring" in house.words(reviews.card_key(review.id))
        with pytest.raises(errors.NotReadyNow, match="monitoring"):
            approves(house, LENA, review, BOTH)
        assert declines(house, LENA, review, BOTH).state is ReviewState.DECLINED

    def test_it_can_be_approved_again_when_that_is_back(self, house: House, review: Review) -> None:
        changes(house, review, "monitoring", NOT_YET)
        changes(house, review, "monitoring", IN_PLACE)
        approves(house, PRIYA, review, BOTH)
        assert approves(house, LENA, review, BOTH).state is ReviewState.APPROVED

    def test_evidence_that_grows_old_meanwhile_is_come_across_at_the_click(
        self, house: House, review: Review
    ) -> None:
        house.store.write_sync(lambda tx: _open_for(tx, review, timedelta(days=400)))
        house.later(days=380)
        with pytest.raises(errors.NotReadyNow):
            approves(house, LENA, review, BOTH)
        house.do(binding.look_again, "preflight", review.id)
        assert now(house, review).changed

    def test_asking_again_meanwhile_says_who_is_awaited(self, house: House, review: Review) -> None:
        with pytest.raises(AlreadyRequested, match="S0SECURITY"):
            request(house, house.pilot(review.pilot_id), BOTH, by=JONAS)


class TestMaterial:
    def test_a_policy_says_what_is_material_and_a_status_always_is(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, material=(Material.BAR,))
        review = request(house, ready(house, pilot), BOTH)
        changes(house, review, "monitoring", OTHER_WORDS)
        touches(house, review, owner_id=SAM)
        assert now(house, review).snapshot_hash == review.snapshot_hash
        changes(house, review, "monitoring", Reading(status=Status.NOT_APPLICABLE, detail="A batch job"))
        assert now(house, review).changed == ("Monitoring",)
        assert approves(house, PRIYA, review, BOTH).state is ReviewState.APPROVED

    def test_snapshots_of_earlier_versions_are_compared_by_what_they_have(self, review: Review) -> None:
        kept = {"items", "pilot", "ready", "ready_without_waivers", "playbook_version"}
        old = {name: value for name, value in review.snapshot.items() if name in kept}
        of_old = {"id", "name", "problem", "stage", "champion_id", "owner_id", "metric"}
        old["pilot"] = {name: value for name, value in old["pilot"].items() if name in of_old}
        old["items"] = [
            {
                name: value
                for name, value in item.items()
                if name in {"item_id", "title", "standing", "answer"}
            }
            for item in old["items"]
        ]
        assert snapshots.material_changes(old, review.snapshot) == []
        assert snapshots.procedure_in(old) is None
        assert snapshots.number_of(old) == 1


class TestNothingUnderReview:
    def test_a_review_that_is_over_is_left_as_it_was(self, house: House, review: Review) -> None:
        house.do(requesting.withdraw, MAYA, review.id)
        changes(house, review, "monitoring", OTHER_WORDS)
        assert now(house, review).snapshot == review.snapshot

    def test_following_costs_one_query_where_nothing_is_open(self, house: House, pilot: Pilot) -> None:
        asked: list[str] = []

        def work(desk: Any) -> None:
            execute = desk.tx.reviews._tx.execute

            class Counting:
                def __getattr__(self, name: str) -> Any:
                    return getattr(desk.tx, name)

                def execute(self, statement: Any, *values: Any) -> Any:
                    asked.append(str(statement))
                    return execute(statement, *values)

            desk.tx.reviews._tx = Counting()
            binding.follow(desk, pilot.id)
            desk.tx.reviews._tx = desk.tx

        house.do(work, MAYA)
        assert len(asked) == 1


def _open_for(tx: Tx, review: Review, time: timedelta) -> None:
    """Let a review stay open for longer than any policy does."""
    from sqlalchemy import update

    from storage.tables import REVIEW

    tx.execute(
        update(REVIEW).where(REVIEW.c.id == review.id).values(expires_at=review.requested_at + time), {}
    )
