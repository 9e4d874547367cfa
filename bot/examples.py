"""Two example pilots for a fresh sandbox: one that goes well, one that has been quiet for weeks.

They are made by the same workflows as any pilot, on days gone by, so that their record is a real one. Only a database
without any pilot gets them, and only the sandbox asks for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from bot.desk import Desk
from bot.domain.answers import Reading, Status
from bot.domain.notices import Snooze
from bot.domain.pilots import Metric, Pilot, Registration
from bot.domain.playbook import Playbook
from bot.handover import workflow as handovers
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.watching import workflow as watching


@dataclass(frozen=True)
class Cast:
    """The people, groups and channel that the examples are about, by id."""

    channel_id: str
    merchandiser: str
    merchandising_group: str
    accountant: str
    payments_lead: str

    @property
    def people(self) -> tuple[str, ...]:
        """Those whose profiles have to be known first."""
        return self.merchandiser, self.accountant, self.payments_lead


@dataclass(frozen=True)
class Example:
    """One pilot with what was answered about it, by item."""

    registration: Registration
    registered_days_ago: int
    answered_days_ago: int
    answers: Mapping[str, Reading] = field(default_factory=dict)


def settle_in(desk: Desk, cast: Cast) -> int:
    """Make the examples unless there is a pilot already; return how many were made."""
    healthy, quiet_one = _healthy(cast), _quiet(cast)
    if desk.tx.pilots.all_active(desk.at.workspace_id) or not _fit(desk.playbook, healthy, quiet_one):
        return 0
    _make(desk, healthy)
    quiet = _make(desk, quiet_one)
    _snoozed_until_in_two_days(desk, quiet)
    return 2


def _fit(playbook: Playbook, *wanted: Example) -> bool:
    """Whether a playbook has the stages and questions that the examples are about; one of somebody's own may not."""
    stages = {stage.id for stage in playbook.starts}
    return all(
        one.registration.stage in stages and all(playbook.item(item_id) for item_id in one.answers)
        for one in wanted
    )


def _make(desk: Desk, example: Example) -> Pilot:
    champion = example.registration.champion_id
    on_that_day = _on(desk, champion, days_ago=example.registered_days_ago)
    pilot = pilots.register(on_that_day, example.registration)
    handovers.follow(on_that_day, pilot.id)
    then = _on(desk, champion, days_ago=example.answered_days_ago)
    for item_id, reading in example.answers.items():
        interviews.change_answer(then, pilot.id, item_id, reading)
    pilots.show_card(desk, pilots.get(desk, pilot.id))
    return pilot


def _snoozed_until_in_two_days(desk: Desk, pilot: Pilot) -> None:
    """Snooze the quiet pilot as its people would have, so that its reminder comes with the next skip of a few days."""
    until = desk.at.now + timedelta(days=2)
    for matter in watching.matters_of(desk, pilots.get(desk, pilot.id)):
        for person_id in (pilot.owner_id, pilot.champion_id):
            desk.tx.snoozes.save(
                Snooze(
                    workspace_id=pilot.workspace_id,
                    person_id=person_id,
                    pilot_id=pilot.id,
                    thing=matter.thing,
                    until=until,
                )
            )


def _on(desk: Desk, actor_id: str, *, days_ago: int) -> Desk:
    then: datetime = desk.at.now - timedelta(days=days_ago)
    at = desk.at.model_copy(update={"actor_id": actor_id, "now": then})
    return Desk(desk.tx, at, desk.library, desk.rooms)


_in_place = partial(Reading, status=Status.IN_PLACE)


def _healthy(cast: Cast) -> Example:
    return Example(
        Registration(
            name="Search synonyms",
            problem="Suggests synonyms for searches that find nothing, for a merchandiser to accept.",
            champion_id=cast.merchandiser,
            owner_id=cast.merchandising_group,
            channel_id=cast.channel_id,
            stage="pilot",
            metric=Metric(
                name="Searches without a result", unit="%", baseline=Decimal("9.4"), bar=Decimal(5)
            ),
        ),
        registered_days_ago=12,
        answered_days_ago=1,
        answers={
            "integration": _in_place(
                detail="Reads the search log every hour and writes accepted pairs to the catalogue by itself.",
                evidence=("https://wiki.northwind-goods.example/search-synonyms/data-flow",),
            ),
            "monitoring": _in_place(
                detail="Acceptance rate and delay on the merchandising dashboard; alerts go to @merchandising-ops.",
                evidence=("https://dashboards.northwind-goods.example/d/synonyms",),
            ),
            "fallback": _in_place(
                detail="Without a suggestion the search page shows the bestsellers of the category.",
                evidence=("https://wiki.northwind-goods.example/search-synonyms/fallback",),
            ),
            "guardrails": _in_place(
                detail="Nothing goes live before a merchandiser accepts it; brand names are never replaced.",
                evidence=("https://wiki.northwind-goods.example/search-synonyms/rules",),
            ),
            "ownership": Reading(
                status=Status.PARTLY,
                detail="Merchandising Operations is on call; the runbook has no restore step yet.",
            ),
        },
    )


def _quiet(cast: Cast) -> Example:
    return Example(
        Registration(
            name="Invoice matching",
            problem="Matches supplier invoices to purchase orders and shows finance the ones that differ.",
            champion_id=cast.accountant,
            owner_id=cast.payments_lead,
            channel_id=cast.channel_id,
            stage="pilot",
            metric=Metric(
                name="Invoices matched without a touch", unit="%", baseline=Decimal(41), bar=Decimal(75)
            ),
        ),
        registered_days_ago=74,
        answered_days_ago=39,
        answers={
            "integration": Reading(
                status=Status.PARTLY,
                detail="Invoices come in by mail import; the results are typed back by hand.",
            ),
            "rollback": _in_place(
                detail="One switch in the finance settings sends every invoice to the manual queue, tried on a Friday.",
                evidence=("https://wiki.northwind-goods.example/invoice-matching/switch",),
            ),
        },
    )
