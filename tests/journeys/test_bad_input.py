"""What people get wrong in commands, forms and answers: each gets one clear sentence, and nothing is lost."""

from typing import Any

import pytest

from bot.domain.pilots import Pilot
from sandbox import seed
from sandbox.conversations import leave
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable
from .record import (
    answers_of,
    ask,
    counts,
    current_answers,
    everything,
    interview_of,
    pilot_called,
    refused_since,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def says(place: Workplace, text: str, by: str = seed.MAYA, channel: str = seed.AI_PILOTS) -> str:
    """Run a command and return what the person reads in answer to it."""
    already = place.driver.told(by)
    outcome = await place.driver.command(by, channel, "/pilot", text)
    assert outcome.error is None
    return await place.driver.wait_until(
        lambda: next((text_of(e) for e in place.driver.ephemerals(by, after=already)), None),
        timeout=PATIENCE,
        what=f"an answer to /pilot {text}",
    )


class Form:
    """The registration form, open before somebody; it stays open while its fields are refused."""

    def __init__(self, place: Workplace, name: str, by: str = seed.MAYA) -> None:
        self.place, self.by = place, by
        self.values: dict[str, Any] = {
            "name": name,
            "problem": "Sorts refund requests before an agent sees them.",
            "champion": by,
            "owner": seed.JONAS,
            "channel": seed.AI_PILOTS,
            "metric": "Refunds sorted without an agent",
            "unit": "%",
            "baseline": "22",
            "bar": "60",
        }

    async def open(self) -> "Form":
        await self.place.driver.command(self.by, seed.AI_PILOTS, "/pilot", "new")
        await self.place.driver.wait_view(self.by, title="Register a pilot", timeout=PATIENCE)
        return self

    async def submit(self, **changed: Any) -> dict[str, str] | None:
        return await self.place.driver.submit_view(self.by, self.values | changed)

    async def close(self) -> None:
        await self.place.driver.close_view(self.by, whole_stack=True)


async def test_an_unknown_subcommand_names_the_nearest_with_an_example(shared: Workplace) -> None:
    said = await says(shared, "statsu Refund triage")
    assert "I do not know `/pilot statsu`" in said
    assert "Did you mean `/pilot status Refund triage`?" in said

    said = await says(shared, "zigzag <!channel> & everybody")
    assert "`/pilot help`" in said
    assert "for example `/pilot" in said


async def test_an_unknown_subcommand_of_hostile_text_pings_nobody(shared: Workplace) -> None:
    said = await says(shared, "<!channel><script>" + "x" * 3000)
    assert "<!channel>" not in said
    assert len(said) < 500


async def test_the_bare_command_and_its_spaces_show_the_help(shared: Workplace) -> None:
    for text in ("", "   ", "HELP", " Help  "):
        assert "/pilot coach Refund triage" in await says(shared, text)


async def test_an_unknown_name_is_answered_with_the_nearest_pilot(shared: Workplace) -> None:
    await shared.registers("Contract summaries")
    said = await says(shared, "status contract sumaries")
    assert "could not find a pilot called *contract sumaries*" in said
    assert "Did you mean *Contract summaries*?" in said
    said = await says(shared, "coach ***" + "zq" * 200)
    assert "could not find a pilot" in said
    assert len(said) < 400


async def test_a_name_is_found_however_it_is_spaced_and_capitalised(shared: Workplace) -> None:
    await shared.registers("Meeting minutes")
    assert "*Meeting minutes*" in await says(shared, "status   mEETING\u00a0  minutes ")


EMPTY = {
    "spaces": "   ",
    "zero-width": "\u200b\u200d\ufeff",
    "direction marks": "\u202e\u2066\u2069",
    "line ends": " \n\t\r ",
}


@pytest.mark.parametrize("name", EMPTY.values(), ids=EMPTY.keys())
async def test_a_name_of_nothing_is_refused_at_its_field(shared: Workplace, name: str) -> None:
    before = await counts(shared)
    form = await Form(shared, name).open()
    assert await form.submit() == {"name": "Please fill this in."}
    assert await counts(shared) == before
    await form.close()


async def test_a_name_that_is_taken_is_refused_whatever_its_case_and_spacing(shared: Workplace) -> None:
    await shared.registers("Invoice matching assistant")
    form = await Form(shared, "").open()
    for twin in (
        "Invoice matching assistant",
        "INVOICE  matching\u00a0assistant",
        "Invoice match\u200bing assistant",
    ):
        refused = await form.submit(name=twin)
        assert refused is not None
        assert "already a pilot called" in refused["name"]
        assert "/pilot coach" in refused["name"]
    assert await form.submit(name="Invoice matching assistant 2") is None
    await shared.sees(seed.AI_PILOTS, "Invoice matching assistant 2")


async def test_a_channel_without_the_bot_is_refused_with_the_invitation_to_type(shared: Workplace) -> None:
    form = await Form(shared, "Release notes").open()
    refused = await form.submit(channel=seed.GENERAL)
    assert refused is not None
    assert "/invite @Preflight" in refused["channel"]
    assert "submit this form again" in refused["channel"]

    await shared.driver.actions.invite_bot(seed.MAYA, seed.GENERAL)
    assert await form.submit(channel=seed.GENERAL) is None
    await shared.sees(seed.GENERAL, "Release notes")
    leave_again = await pilot_called(shared, "Release notes")
    assert leave_again.channel_id == seed.GENERAL


async def test_a_private_channel_without_the_bot_is_refused_the_same(shared: Workplace) -> None:
    leave(shared.sandbox.state, seed.BOT, seed.PREFLIGHT_OPS)
    form = await Form(shared, "Hidden work", by=seed.JONAS).open()
    refused = await form.submit(channel=seed.PREFLIGHT_OPS, owner=seed.MAYA)
    assert refused is not None
    assert "/invite @Preflight" in refused["channel"]
    await shared.driver.actions.invite_bot(seed.JONAS, seed.PREFLIGHT_OPS)
    assert await form.submit(channel=seed.PREFLIGHT_OPS, owner=seed.MAYA) is None


PEOPLE = {
    "deactivated": (seed.DORA, "deactivated"),
    "a guest": (seed.GUS, "Guests cannot"),
    "the bot": (seed.BOT, "A bot cannot be accountable"),
}


@pytest.mark.parametrize(("person", "sentence"), PEOPLE.values(), ids=PEOPLE.keys())
@pytest.mark.parametrize("field", ["champion", "owner"])
async def test_who_cannot_act_is_refused_at_the_field_that_names_them(
    shared: Workplace, field: str, person: str, sentence: str
) -> None:
    form = await Form(shared, f"Named {person} as {field}").open()
    refused = await form.submit(**{field: person})
    assert refused is not None
    assert list(refused) == [field]
    assert sentence in refused[field]
    await form.close()


async def test_both_owners_or_none_are_refused(shared: Workplace) -> None:
    form = await Form(shared, "Two owners").open()
    refused = await form.submit(owner_group=seed.PAYMENTS_OPS)
    assert refused is not None
    assert "either a person or a user group" in refused["owner_group"]
    refused = await form.submit(owner=None, owner_group=None)
    assert refused is not None
    assert "accountable" in refused["owner"]
    assert await form.submit(owner=None, owner_group=seed.PAYMENTS_OPS) is None
    card = await shared.sees(seed.AI_PILOTS, "Two owners")
    assert f"<!subteam^{seed.PAYMENTS_OPS}>" in text_of(card)


NO_NUMBERS = (
    "60 or 70",
    "NaN",
    "Infinity",
    "-inf",
    "1e400",
    "1e3",
    "9" * 40,
    "0x3c",
    "6_0",
    "12:30",
    "--4",
    "€60",
    "1.2.3",
    "\u00bd",
)


async def test_a_bar_that_is_no_number_is_refused_with_an_example(shared: Workplace) -> None:
    form = await Form(shared, "No number").open()
    for field in ("bar", "baseline"):
        for words in NO_NUMBERS:
            refused = await form.submit(**{field: words})
            assert refused is not None, f"{words!r} was taken for a number"
            assert "plain number, such as 60 or 4.2" in refused[field], words
    await form.close()


async def test_a_number_that_could_mean_two_things_is_refused(shared: Workplace) -> None:
    form = await Form(shared, "A thousand").open()
    for words, meanings in (("1,000", "1000 or 1."), ("22,345", "22345 or 22.3450")):
        refused = await form.submit(bar=words)  # Maya uses Slack in German, where a comma begins the decimals
        assert refused is not None, f"{words!r} was guessed at"
        assert f"could mean {meanings}" in refused["bar"]
    assert await form.submit(baseline="0,5", bar="1000") is None
    card = await shared.sees(seed.AI_PILOTS, "A thousand")
    assert "0.5 % → bar 1,000 %" in text_of(card)


SHOWN_AS = {
    "60%": "60",
    "-3.5": "-3.5",
    "6\u202f000": "6,000",
    "1.234,5": "1,234.5",
    "7.000": "7,000",
}


@pytest.mark.parametrize(("words", "shown"), SHOWN_AS.items(), ids=SHOWN_AS.keys())
async def test_a_number_is_understood_and_shown_plainly(shared: Workplace, words: str, shown: str) -> None:
    form = await Form(shared, f"Counts {shown} {len(words)}").open()
    assert await form.submit(bar=words) is None
    card = await shared.sees(seed.AI_PILOTS, f"Counts {shown} {len(words)}")
    assert f"→ bar {shown} %" in text_of(card)


async def test_a_bar_that_equals_the_baseline_is_refused(shared: Workplace) -> None:
    form = await Form(shared, "No progress").open()
    for bar in ("22", "22.0", "22,00", " 22 %"):
        refused = await form.submit(bar=bar)
        assert refused is not None
        assert "The bar equals the baseline" in refused["bar"]
    await form.close()


async def test_hostile_words_in_a_form_are_shown_as_they_were_written(shared: Workplace) -> None:
    form = await Form(shared, "<!channel> & \u202efriends").open()
    hostile = "<!here> <@U0JONASWEB> <https://evil.example|our wiki> &lt;b&gt; *bold* \U0001f600"
    assert await form.submit(problem=hostile, metric="<!everyone> saved", unit="<b>") is None
    card = await shared.sees(seed.AI_PILOTS, "&lt;!channel&gt; &amp; friends")
    shown = text_of(card)
    assert (
        "&lt;!here&gt; &lt;@U0JONASWEB&gt; &lt;https://evil.example|our wiki&gt; &amp;lt;b&amp;gt;" in shown
    )
    for ping in ("<!channel>", "<!here>", "<!everyone>", "<https://evil.example"):
        assert ping not in shown


async def test_an_answer_of_forty_thousand_characters_is_kept_whole_and_shown_short(
    shared: Workplace,
) -> None:
    driver = shared.driver
    await shared.registers("Long answers")
    root = await shared.coaches("Long answers")
    await shared.question(root, 1)
    long = (checkable(1) + " & <more> " + "Ünïcödé 统一 " * 4000)[:40_000]
    await driver.post(seed.MAYA, seed.AI_PILOTS, long, thread_ts=root["ts"])
    await shared.question(root, 2)

    pilot = await pilot_called(shared, "Long answers")
    (answer,) = await answers_of(shared, pilot)
    assert answer.detail == " ".join(long.split())
    for message in driver.thread(seed.AI_PILOTS, root["ts"]):
        if message.get("bot_id"):
            assert len(text_of(message)) < 3000
    assert len(await says(shared, "status Long answers")) < 3000

    # the form for changing it does not cut it off behind anybody's back
    settled = next(m for m in driver.thread(seed.AI_PILOTS, root["ts"]) if "Change" in text_of(m))
    assert "…" in text_of(settled)
    await driver.click(seed.MAYA, settled, selected="Change")
    form = await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert await driver.submit_view(seed.MAYA, {"status": "partly"}, form) is None
    await shared.sees(seed.AI_PILOTS, "partly", thread_ts=root["ts"])
    changed = (await current_answers(shared, pilot))[answer.item_id]
    assert (changed.revision, changed.detail) == (2, answer.detail)


async def test_an_empty_reason_is_refused_at_its_field(shared: Workplace) -> None:
    await shared.registers("Reasons")
    root = await shared.coaches("Reasons")
    question = await shared.question(root, 1)
    await shared.driver.click(seed.MAYA, question, text="Does not apply")
    await shared.driver.wait_view(seed.MAYA, timeout=PATIENCE)
    refused = await shared.driver.submit_view(seed.MAYA, {"reason": " \n "})
    assert refused is not None
    assert "why it does not apply" in refused["reason"]
    assert await shared.driver.submit_view(seed.MAYA, {"reason": "It only drafts."}) is None
    await shared.question(root, 2)


async def a_retired(place: Workplace, name: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return card, root and first question, as they were seen, of a pilot that has been retired since."""
    card = await place.registers(name)
    root = await place.coaches(name)
    question = await place.question(root, 1)
    await place.driver.click(seed.MAYA, card, selected="Retire")
    await place.driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert (
        await place.driver.submit_view(seed.MAYA, {"reason": "Too few cases.", "learned": "Count first."})
        is None
    )
    await place.sees(seed.AI_PILOTS, "Too few cases.", thread_ts=card["ts"])
    return card, root, question


async def test_buttons_of_a_retired_pilot_say_that_it_is_retired(shared: Workplace) -> None:
    driver = shared.driver
    card, root, question = await a_retired(shared, "Retired one")
    before = await everything(shared)
    for message, button in ((card, "Continue readiness"), (card, "Request promotion"), (question, "Not yet")):
        already = driver.told(seed.MAYA)
        await driver.click(seed.MAYA, message, text=button)
        assert "Retired one is retired" in await shared.hears_next(seed.MAYA, already), button
    already = driver.told(seed.MAYA)
    await driver.click(seed.MAYA, card, selected="Retire")
    assert "Retired one is retired" in await shared.hears_next(seed.MAYA, already)
    await driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    await driver.settled()
    assert await everything(shared) == before


async def test_buttons_of_an_interview_that_is_over_say_so(shared: Workplace) -> None:
    driver = shared.driver
    await shared.registers("Stopped early")
    root = await shared.coaches("Stopped early")
    question = await shared.question(root, 1)
    pilot = await pilot_called(shared, "Stopped early")
    await driver.click(seed.MAYA, root, text="Stop here")
    await shared.sees(seed.AI_PILOTS, "None of the seven is in place yet")
    before = await everything(shared)
    for button in ("In place", "Not yet", "Skip", "Does not apply"):
        already = driver.told(seed.MAYA)
        await driver.click(seed.MAYA, question, text=button)
        said = await shared.hears_next(seed.MAYA, already)
        assert "interview that is over" in said, button
        assert "/pilot coach" in said
    for button in ("Pause", "Stop here"):
        already = driver.told(seed.MAYA)
        await driver.click(seed.MAYA, root, text=button)
        assert "interview is over" in await shared.hears_next(seed.MAYA, already)
    assert await everything(shared) == before
    assert (await interview_of(shared, pilot)).state == "stopped"


FORGED = (
    "",
    "nothing",
    ":",
    "a:b",
    "a:b:c",
    "retire:x",
    "status:",
    "x" * 2000,
    "<!channel>",
    "';--",
    "\u202e:\x00",
)


async def test_forged_ids_in_buttons_are_answered_kindly_and_change_nothing(shared: Workplace) -> None:
    driver = shared.driver
    card = await shared.registers("Forgeries")
    about_nothing = {"pilot.new", "share.list", "share.help", "share.trends", "nudge.preferences"}
    ids = sorted(shared.house.router.action_ids - about_nothing)
    leads_elsewhere = {
        "review.open_interview",
        "nudge.open",
        "nudge.open_review",
        "portfolio.open_review",
        "portfolio.open_thread",
    }
    before = await everything(shared)
    for action_id in ids:
        for value in FORGED if action_id not in leads_elsewhere else FORGED[:1]:
            already = driver.told(seed.MAYA)
            outcome = await driver.click(seed.MAYA, card, action_id=action_id, value=value, force=True)
            assert outcome.error is None, (action_id, value)
            if action_id not in leads_elsewhere:
                said = await shared.hears_next(seed.MAYA, already)
                assert "went wrong" not in said, (action_id, value, said)
                assert "<!channel>" not in said
    assert await refused_since(shared, before)
    assert driver.views(seed.MAYA) == []


async def test_ids_of_another_pilot_do_not_mix(shared: Workplace) -> None:
    """An interview's id with an item of nowhere, a pilot's id where a review's belongs, and the other way round."""
    driver = shared.driver
    card = await shared.registers("Mixed up")
    root = await shared.coaches("Mixed up")
    await shared.question(root, 1)
    pilot = await pilot_called(shared, "Mixed up")
    interview = await interview_of(shared, pilot)
    last = interview.asked[-1]
    before = await everything(shared)
    for action_id, value in (
        ("answer.in_place", f"{interview.id}:nowhere"),
        ("answer.in_place", f"{interview.id}:{last}"),
        ("answer.leave", f"{interview.id}:{interview.asked[0]}"),
        ("answers.write", f"{pilot.id}:nowhere"),
        ("answer.not_yet", f"{pilot.id}:{interview.asked[0]}"),
        ("review.approve", pilot.id),
        ("review.decline", interview.id),
        ("pilot.coach", interview.id),
        ("interview.pause", pilot.id),
    ):
        already = driver.told(seed.MAYA)
        await driver.click(seed.MAYA, card, action_id=action_id, value=value, force=True)
        said = await shared.hears_next(seed.MAYA, already)
        assert "went wrong" not in said, (action_id, said)
    assert await refused_since(shared, before) == 2


async def test_a_button_that_nobody_knows_says_that_it_is_old(shared: Workplace) -> None:
    card = await shared.registers("Old buttons")
    already = shared.driver.told(seed.MAYA)
    await shared.driver.click(seed.MAYA, card, action_id="pilot.teleport", value="x", force=True)
    assert "earlier version of Preflight" in await shared.hears_next(seed.MAYA, already)


async def test_a_menu_that_was_opened_before_a_change_still_works(shared: Workplace) -> None:
    """A stale copy of a card: the button's id decides, not what stood around it."""
    driver = shared.driver
    old_card = await shared.registers("Stale copies")
    root = await shared.coaches("Stale copies")
    question = await shared.question(root, 1)
    await driver.click(seed.MAYA, question, text="Not yet")
    await shared.question(root, 2)
    already = driver.told(seed.MAYA)
    await driver.click(seed.MAYA, old_card, text="Continue readiness")
    assert "already under way" in await shared.hears_next(seed.MAYA, already)
    already = driver.told(seed.MAYA)
    await driver.click(seed.MAYA, question, text="In place")
    assert "already answered" in await shared.hears_next(seed.MAYA, already)
    pilot: Pilot = await pilot_called(shared, "Stale copies")
    assert [a.status for a in await answers_of(shared, pilot)] == ["not_yet"]


async def test_a_message_that_was_deleted_keeps_its_buttons_working_on_old_screens(shared: Workplace) -> None:
    driver = shared.driver
    card = await shared.registers("Deleted card")
    await driver.delete(seed.LENA, seed.AI_PILOTS, card["ts"])
    await driver.click(seed.MAYA, card, text="Continue readiness")
    root = await shared.sees(seed.AI_PILOTS, "· Deleted card\n▱")
    await shared.question(root, 1)


async def test_the_record_has_no_gap_and_no_doubt_after_all_this(shared: Workplace) -> None:
    """After whatever the tests above did, the history of answers replays to the answers that stand."""
    assert await ask(shared, lambda tx: tx.answers.differences()) == set()
