"""Why a pilot stalls, seen through the real workflows: raised with what shows it, on the record, and gone when it is mended."""

from bot.domain.notices import Blocker
from bot.domain.people import Person
from bot.domain.signals import Severity
from bot.domain.values import PREFLIGHT
from bot.domain.waivers import day_of
from bot.portfolio import workflow as portfolio
from bot.stages import workflow as stages
from bot.watching import workflow as watching
from storage.transaction import Tx

from .conftest import JONAS, MAYA, PILOTS, WORKSPACE, House, words_of
from .looked_at import (
    IN_PLACE,
    NOT_YET,
    all_in_place,
    costs,
    heard,
    look,
    owned,
    pass_days,
    registered,
    say,
    signals,
)
from .staged import promoted


def test_a_change_has_the_pilot_looked_at_in_the_next_minute_and_then_when_something_is_due(
    house: House,
) -> None:
    pilot = registered(house)
    assert house.pilot(pilot.id).next_nudge_at == house.now
    assert look(house) == 1
    following = house.pilot(pilot.id).next_nudge_at
    assert following
    assert following > house.now
    assert look(house) == 0


def test_a_look_that_is_repeated_changes_nothing(house: House) -> None:
    pilot = registered(house, stage=None)
    house.later(days=30)
    house.do(watching.look, PREFLIGHT, pilot.id)
    before = (house.pilot(pilot.id), signals(house, pilot), heard(house, pilot), house.audited(pilot.id))
    house.do(watching.look, PREFLIGHT, pilot.id)
    assert before == (
        house.pilot(pilot.id),
        signals(house, pilot),
        heard(house, pilot),
        house.audited(pilot.id),
    )


def test_a_quiet_pilot_is_watched_then_stalled_and_well_again_when_somebody_moves_it(house: House) -> None:
    """purgatory"""
    pilot = owned(house)
    all_in_place(house, pilot, "problem")
    pass_days(house, 15)
    found = signals(house, pilot)["purgatory"]
    assert (found.severity, found.why) == (Severity.WATCH, "quiet")
    pass_days(house, 15)
    now = house.pilot(pilot.id)
    assert now.severity == Severity.STALLED
    assert now.stalled_since
    assert house.pilot(pilot.id).last_change_at == pilot.last_change_at  # looking moves nothing
    say(house, pilot, "problem")
    look(house)
    assert signals(house, pilot) == {}
    assert house.pilot(pilot.id).severity == Severity.NONE
    assert house.pilot(pilot.id).stalled_since is None


def test_signals_are_on_the_record_with_why(house: House) -> None:
    pilot = owned(house)
    all_in_place(house, pilot, "problem")
    pass_days(house, 15)
    entry = house.recorded(pilot.id, "pilot.signal_raised")
    assert entry.actor_id == PREFLIGHT
    assert entry.after
    assert (entry.after["cause"], entry.after["severity"]) == ("purgatory", "watch")
    say(house, pilot, "problem")
    look(house)
    assert house.recorded(pilot.id, "pilot.signal_cleared").before


def test_a_pilot_on_hold_or_ended_shows_no_signal(house: House) -> None:
    pilot = registered(house)
    pass_days(house, 40)
    assert house.pilot(pilot.id).severity == Severity.STALLED
    house.do(stages.hold, MAYA, pilot.id, "", "The freeze.", day_of(house.now).replace(month=2, year=2027))
    look(house)
    held = house.pilot(pilot.id)
    assert (held.severity, held.next_nudge_at, signals(house, pilot)) == (0, None, {})
    house.do(stages.resume, MAYA, pilot.id)
    pass_days(house, 40)
    assert house.pilot(pilot.id).severity == Severity.STALLED
    house.do(stages.retire, MAYA, pilot.id, "It is over.", "Ask first.")
    look(house)
    ended = house.pilot(pilot.id)
    assert (ended.severity, ended.next_nudge_at, signals(house, pilot)) == (0, None, {})


def test_a_champion_who_leaves_leaves_an_orphan(house: House) -> None:
    """orphaned"""
    pilot = registered(house)
    look(house)
    _leaves(house, MAYA)
    house.do(watching.look, PREFLIGHT, pilot.id)
    found = signals(house, pilot)["orphaned"]
    assert (found.severity, found.evidence) == (Severity.AT_RISK, (MAYA, "left"))
    assert ("orphaned", 0, JONAS) in heard(house, pilot)
    assert all(person != MAYA for _, _, person in heard(house, pilot))
    _comes_back(house, MAYA)
    house.do(watching.look, PREFLIGHT, pilot.id)
    assert "orphaned" not in signals(house, pilot)


def test_an_owner_who_leaves_leaves_nobody_who_answers_for_it(house: House) -> None:
    """undefined-ownership"""
    pilot = registered(house)
    _leaves(house, JONAS)
    house.do(watching.look, PREFLIGHT, pilot.id)
    assert signals(house, pilot)["undefined-ownership"].evidence == (JONAS,)


def test_a_champion_who_left_the_channel_is_missed(house: House) -> None:
    """orphaned"""
    pilot = registered(house)
    house.store.write_sync(lambda tx: tx.absences.note(WORKSPACE, PILOTS, MAYA, house.now), now=house.now)
    house.do(watching.look, PREFLIGHT, pilot.id)
    assert signals(house, pilot)["orphaned"].evidence == (MAYA, "left_channel")


def test_a_connection_that_is_there_no_more_is_a_surprise(house: House) -> None:
    """integration-surprise"""
    pilot = registered(house)
    promoted(house, pilot.id, "pilot")
    say(house, pilot, "connections")
    say(house, pilot, "connections", NOT_YET)
    look(house)
    found = signals(house, pilot)["integration-surprise"]
    assert (found.why, found.evidence) == ("went_back", ("connections",))
    say(house, pilot, "connections")
    look(house)
    assert "integration-surprise" not in signals(house, pilot)


def test_a_cost_that_rises_is_known_too_late(house: House) -> None:
    """late-cost"""
    pilot = registered(house)
    promoted(house, pilot.id, "pilot")
    say(house, pilot, "estimate", costs("0.10"))
    say(house, pilot, "estimate", costs("0.16"))
    look(house)
    assert signals(house, pilot)["late-cost"].why == "dearer"
    say(house, pilot, "estimate", costs("0.16").model_copy(update={"detail": "0.16 €, and finance knows"}))
    look(house)
    assert "late-cost" not in signals(house, pilot)


def test_a_red_flag_is_a_shortcut(house: House) -> None:
    """shortcuts"""
    pilot = registered(house)
    promoted(house, pilot.id, "pilot")
    say(house, pilot, "quick-fixes", NOT_YET)
    look(house)
    assert signals(house, pilot)["shortcuts"].why == "red_flag"
    say(house, pilot, "quick-fixes", IN_PLACE.model_copy(update={"detail": "No, all replaced"}))
    look(house)
    assert "shortcuts" not in signals(house, pilot)


def test_what_is_open_for_long_is_a_sign_of_what_it_guards_against(house: House) -> None:
    """unclear-objectives, no-production-data, integration-unscoped, no-production-owner"""
    pilot = registered(house)
    pass_days(house, 22)
    found = signals(house, pilot)
    assert {"unclear-objectives", "no-production-data", "integration-unscoped"} <= set(found)
    assert found["no-production-data"].evidence == ("data-access",)
    say(house, pilot, "data-access")
    look(house)
    assert {"no-production-data", "integration-unscoped"}.isdisjoint(signals(house, pilot))


def test_what_was_taken_back_yesterday_has_not_been_open_for_long(house: House) -> None:
    pilot = owned(house)
    all_in_place(house, pilot)
    house.later(days=60)
    say(house, pilot, "problem", NOT_YET)
    look(house)
    assert "unclear-objectives" not in signals(house, pilot)
    pass_days(house, 19)
    say(house, pilot, "problem", NOT_YET)  # saying so again does not begin it anew
    assert "unclear-objectives" not in signals(house, pilot)
    pass_days(house, 3)
    assert signals(house, pilot)["unclear-objectives"].why == "open"


def test_a_blocked_pilot_waits_for_somebody_else_and_is_not_called_quiet(house: House) -> None:
    pilot = owned(house)
    all_in_place(house, pilot, "problem")
    blocker = Blocker(
        id="b1",
        workspace_id=WORKSPACE,
        pilot_id=pilot.id,
        what="The access to the billing system",
        by_id="U0SAM",
        reported_by=MAYA,
        reported_at=house.now,
        due_on=day_of(house.now).replace(month=12, day=21),
    )
    house.store.write_sync(lambda tx: tx.blockers.add(blocker), now=house.now)
    house.do(watching.look, PREFLIGHT, pilot.id)
    pass_days(house, 20)
    assert "purgatory" not in signals(house, pilot)
    assert all(kind != "quiet" for kind, _, _ in heard(house, pilot))
    pass_days(house, 10)
    assert signals(house, pilot)["purgatory"].why == "quiet"


def test_the_ladder_leads_from_the_owner_to_the_champion_to_the_sponsor_to_the_channel(house: House) -> None:
    pilot = owned(house)
    all_in_place(house, pilot, "problem")
    pass_days(house, 40)
    quiet = [(rung, person) for kind, rung, person in heard(house, pilot) if kind == "quiet"]
    assert quiet[:4] == [(0, JONAS), (1, JONAS), (1, MAYA), (3, PILOTS)]  # nobody has named a sponsor
    assert len(quiet) == len(set(quiet))


def test_progress_begins_the_ladder_anew_and_nobody_hears_twice(house: House) -> None:
    pilot = owned(house)
    all_in_place(house, pilot, "problem")
    pass_days(house, 16)
    assert [one for one in heard(house, pilot) if one[0] == "quiet"] == [("quiet", 0, JONAS)]
    say(house, pilot, "bar")
    pass_days(house, 5)
    assert [one for one in heard(house, pilot) if one[0] == "quiet"] == [("quiet", 0, JONAS)]
    pass_days(house, 12)
    assert [one for one in heard(house, pilot) if one[0] == "quiet"] == [("quiet", 0, JONAS)] * 2


def test_what_a_pilot_counts_for_follows_its_signals(house: House) -> None:
    pilot = owned(house)
    all_in_place(house, pilot, "problem")
    pass_days(house, 30)

    def stalled(tx: Tx) -> int:
        return sum(n for cell, n in tx.tallies.of(WORKSPACE).items() if cell.standing == "stalled")

    assert house.store.read_sync(stalled) == 1
    assert house.store.read_sync(lambda tx: tx.tallies.rebuilt(WORKSPACE) == tx.tallies.of(WORKSPACE))
    say(house, pilot, "problem")
    look(house)
    assert house.store.read_sync(stalled) == 0


def _leaves(house: House, user_id: str) -> None:
    left = Person(workspace_id=WORKSPACE, user_id=user_id, name="Left", deactivated=True)
    house.store.write_sync(lambda tx: tx.people.remember(left), now=house.now)


def _comes_back(house: House, user_id: str) -> None:
    back = Person(workspace_id=WORKSPACE, user_id=user_id, name="Back", time_zone="Europe/Berlin")

    def write(tx: Tx) -> None:
        tx.people.remember(back)
        tx.absences.forget(WORKSPACE, PILOTS, user_id)

    house.store.write_sync(write, now=house.now)


def test_a_status_says_why_a_pilot_stalls_what_to_do_and_what_that_has_cost(house: House) -> None:
    pilot = owned(house)
    promoted(house, pilot.id, "pilot")
    all_in_place(house, pilot, "rules")
    say(house, pilot, "team-cost", costs("4000"))
    house.later(days=35)
    look(house)
    said = words_of(house.do(portfolio.status_of, MAYA, pilot.id))
    for words in (
        "🔴 *Stalled* · purgatory",
        "Nothing has moved since",
        "👀 *Worth a look* · no governance",
        "Rules guard against it, and have been open for too long.",
        "*Next:* Do it.",
        "*Standing still has cost 3 weeks*, about 12,000 € at the 4,000 € that its team costs in a week.",
    ):
        assert words in said
    assert said.index("🔴") < said.index("👀")
    card = house.words(f"pilot:{pilot.id}:card")
    assert "🔴 *Stalled*: purgatory. Nothing has moved since" in card
    assert "What to do" in card
    say(house, pilot, "rules")
    look(house)
    assert "Stalled" not in house.words(f"pilot:{pilot.id}:card")
    assert "Standing still" not in words_of(house.do(portfolio.status_of, MAYA, pilot.id))
