"""What goes in comes out: any instant, any text, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.domain.people import Person
from bot.domain.values import PREFLIGHT
from storage.columns import NaiveTime, storable
from storage.store import Store
from tests.storage.things import NOW, TEAM, a_body, a_pilot, after, an_answer, an_occasion

many = settings(
    max_examples=40,
    deadline=None,
    # Each example writes rows of its own, or the same row anew.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]).map(ZoneInfo)
offsets = st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))
seconds = st.floats(0, 7e9).map(lambda passed: datetime(1971, 1, 1, tzinfo=UTC) + timedelta(seconds=passed))
instants = st.tuples(seconds, zones | offsets).map(lambda pair: pair[0].astimezone(pair[1]))
any_text = st.text(st.characters() | st.sampled_from("\x00\ud800\udfff\u202e😀漢<!>&"), max_size=60)


@many
@given(instant=instants)
def test_an_instant_comes_back_the_same_to_the_microsecond_in_utc(store: Store, instant: datetime) -> None:
    def work_of(key: str) -> datetime | None:
        store.write_sync(lambda tx: tx.heartbeats.forget(key))
        store.write_sync(lambda tx: tx.heartbeats.beat(key, instant))
        found = store.read_sync(lambda tx: tx.heartbeats.beat_at(key))
        assert found is not None
        assert found.tzinfo is UTC
        return found

    assert work_of("process") == instant.astimezone(UTC)


@pytest.mark.parametrize("naive", [NOW.replace(tzinfo=None), after(days=1).replace(tzinfo=None)])
def test_an_instant_without_a_zone_is_refused(store: Store, naive: datetime) -> None:
    with pytest.raises(Exception, match="time zone") as refused:
        store.write_sync(lambda tx: tx.heartbeats.beat("process", naive))
    assert isinstance(refused.value, NaiveTime) or isinstance(refused.value.__cause__, NaiveTime)


def test_instants_are_compared_as_instants_whatever_their_zone(store: Store) -> None:
    berlin = NOW.astimezone(ZoneInfo("Europe/Berlin"))
    store.write_sync(lambda tx: tx.heartbeats.beat("process", berlin))
    just_after = (NOW + timedelta(microseconds=1)).astimezone(ZoneInfo("America/New_York"))
    assert store.read_sync(lambda tx: tx.heartbeats.dead(just_after)) == ["process"]
    assert store.read_sync(lambda tx: tx.heartbeats.dead(NOW)) == []


@many
@given(text=any_text)
def test_any_text_that_can_be_kept_comes_back_whole(store: Store, text: str) -> None:
    person = Person(workspace_id=TEAM, user_id="U1", name=text)
    store.write_sync(lambda tx: tx.people.remember(person))
    found = store.read_sync(lambda tx: tx.people.get(TEAM, "U1"))
    assert found is not None
    assert found.name == storable(text)


@given(text=any_text)
def test_only_what_no_database_can_keep_is_replaced(text: str) -> None:
    kept = storable(text)
    assert kept.encode().decode() == kept
    assert "\x00" not in kept
    if "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text):
        assert kept == text


def test_an_enum_is_stored_by_its_value() -> None:
    from bot.domain.answers import Status

    kept = storable(Status.IN_PLACE)
    assert kept == "in_place"
    assert type(kept) is str


def test_an_answer_of_40_000_characters_is_kept_whole(store: Store) -> None:
    pilot, words = a_pilot(), "Jeder Fall. 漢字 \x00 \ud800 " * 2000
    store.write_sync(lambda tx: tx.pilots.register(pilot))
    store.write_sync(
        lambda tx: tx.answers.record(an_answer(pilot, detail=words, evidence=(words, "", "second")))
    )
    found = store.read_sync(lambda tx: tx.answers.current(pilot.id))["integration"]
    assert found.detail == storable(words)
    assert found.evidence == (storable(words), "", "second")


def test_hostile_text_in_a_body_and_in_the_record_does_no_harm(store: Store) -> None:
    nasty = "\u202e <!channel> &lt; \x00 \ud83d 😀"
    store.write_sync(lambda tx: tx.messages.show(TEAM, "card", "C1", a_body(nasty)))
    message = store.read_sync(lambda tx: tx.messages.by_key(TEAM, "card"))
    assert message is not None
    assert message.body == a_body(nasty)
    occasion = an_occasion(actor_id=PREFLIGHT)
    store.write_sync(lambda tx: tx.audit.append(occasion, "x", "pilot", "P", {"was": nasty}, None))
    entry = store.read_sync(lambda tx: tx.audit.of(TEAM, "pilot", "P"))[0]
    assert (entry.before, entry.after) == ({"was": nasty}, None)


@pytest.mark.parametrize(
    "forged", ["\x00", "\ud800", "' OR 1=1 --", "x" * 100_000], ids=["nul", "half", "sql", "long"]
)
def test_a_forged_id_finds_nothing(store: Store, forged: str) -> None:
    assert store.read_sync(lambda tx: tx.pilots.get(TEAM, forged)) is None
