"""What differs between two playbooks is said part by part, and what a pilot on its way would notice."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.answers import Answer, Status
from prompts import playbook_files
from prompts.playbook_consequences import consequence
from prompts.playbook_diff import report
from prompts.playbook_summary import notes, summary

from .small_playbook import edit, write

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = NOW.date()
ITEM = """\
  - id: privacy
    title: Privacy notice
    question: Which notice do people see?
    why: They have a right to know.
    good: The one of 3 May.
    if_missing: write the notice
    evidence: a link
    freshness_days: 90
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path)


def changed(folder: Path, *edits: tuple[str, str, str]) -> str:
    """Return what differs after some edits of the files."""
    before = playbook_files.load(folder)
    for file, old, new in edits:
        edit(folder, file, old, new)
    return report(before, playbook_files.load(folder))


def in_place(*items: str) -> dict[str, Answer]:
    return {
        item: Answer(pilot_id="P", item_id=item, revision=1, status=Status.IN_PLACE, detail="x", answered_by="U1", answered_at=NOW)
        for item in items
    }  # fmt: skip


def test_nothing_is_said_where_nothing_differs(folder: Path) -> None:
    assert (
        changed(folder, ("stages.yaml", "title: Pilot", "title: 'Pilot'  # a remark")) == "They say the same."
    )


def test_questions_that_are_new_gone_and_reworded_are_told_apart(folder: Path) -> None:
    said = changed(
        folder,
        ("checklists/basics.yaml", "id: owner", "id: team"),
        ("checklists/basics.yaml", "How is it switched off?", "How do you switch it off?"),
        ("checklists/basics.yaml", "freshness_days: 90", "freshness_days: 30\n    enforce_from: 2027-03-01"),
    )
    assert said.splitlines() == [
        "Questions",
        "  ~ rollback (Rollback): question reworded; freshness_days 90 → 30; enforce_from none → 2027-03-01",
        "  + team (Owner), in basics: asked at Readiness and Launch",
        "  - owner (Owner), in basics; its answers stay in the history",
    ]


def test_a_question_that_moves_keeps_its_id_and_that_is_said(folder: Path) -> None:
    before = playbook_files.load(folder)
    head, item = (folder / "checklists" / "basics.yaml").read_text().split("  - id: owner")
    (folder / "checklists" / "basics.yaml").write_text(head)
    (folder / "checklists" / "people.yaml").write_text(
        "id: people\ntitle: People\nitems:\n  - id: owner" + item
    )
    edit(folder, "gates.yaml", "checklists: [basics]", "checklists: [basics, people]")
    assert report(before, playbook_files.load(folder)).splitlines() == [
        "Gates",
        "  ~ readiness (Readiness): checklists +“people”",
        "Checklists",
        "  + people (People)",
        "Questions",
        "  ~ owner (Owner): moved from basics to people",
    ]


def test_stages_gates_and_rhythm_are_compared_too(folder: Path) -> None:
    (folder / "nudges.yaml").write_text("from_hour: 8\n")
    before = playbook_files.load(folder)
    (folder / "nudges.yaml").write_text("from_hour: 10\n")
    edit(folder, "stages.yaml", "first_stage: pilot", "first_stage: shadow\nmay_start_in: [pilot, shadow]")
    edit(folder, "stages.yaml", "quiet_after_days: 14", "quiet_after_days: 7")
    edit(folder, "gates.yaml", "{title: Owner, owner: true}", "{title: Owner, people: [U123]}")
    said = report(before, playbook_files.load(folder))
    assert "  ~ first_stage pilot → shadow" in said
    assert "  ~ may_start_in +“shadow”" in said
    assert "  ~ pilot (Pilot): quiet_after_days 14 → 7" in said
    assert "approvers title Owner, owner yes → title Owner, people U123" in said
    assert "Nudges\n  ~ from_hour 8 → 10" in said


def test_another_order_is_told(folder: Path) -> None:
    before = playbook_files.load(folder)
    head, first, second = (folder / "checklists" / "basics.yaml").read_text().split("  - id:")
    (folder / "checklists" / "basics.yaml").write_text(f"{head}  - id:{second}  - id:{first}")
    assert report(before, playbook_files.load(folder)) == "Questions\n  ~ they are asked in another order"


def test_words_that_the_coach_listens_for_are_counted_beyond_a_few(folder: Path) -> None:
    (folder / "coaching.yaml").write_text("status_words: {in_place: ['yes']}\nconcerns: []\n")
    before = playbook_files.load(folder)
    words = ", ".join(f"w{n}" for n in range(12))
    (folder / "coaching.yaml").write_text(
        f"status_words: {{in_place: [{words}]}}\nconcerns: [{{id: vague, ask: Which one}}]\n"
    )
    said = report(before, playbook_files.load(folder))
    assert "  + vague" in said
    assert "in_place: +“w0” +“w1”" in said
    assert "+4 more -“yes”" in said


def test_a_pilot_notices_new_questions_and_what_they_do_to_its_verdict(folder: Path) -> None:
    before = playbook_files.load(folder)
    with (folder / "checklists" / "basics.yaml").open("a") as file:
        file.write(ITEM)
    edit(folder, "checklists/basics.yaml", "Who is called?", "Which team is called?")
    after = playbook_files.load(folder)
    means = consequence(before, after, "pilot", in_place("rollback", "owner"), NOW)
    assert [item.id for item in means.new] == ["privacy"]
    assert [item.id for item in means.reworded] == ["owner"]
    assert str(means) == (
        "1 new question (Privacy notice); 1 question changed (Owner); ready, would be 1 thing to do"
    )
    back = consequence(after, before, "pilot", in_place("rollback"), NOW)
    assert str(back) == (
        "1 question gone (Privacy notice); 1 question changed (Owner); 2 things to do, would be 1 thing to do"
    )


def test_an_announced_question_changes_no_verdict_yet(folder: Path) -> None:
    before = playbook_files.load(folder)
    with (folder / "checklists" / "basics.yaml").open("a") as file:
        file.write(ITEM + "    enforce_from: 2027-03-01\n")
    means = consequence(before, playbook_files.load(folder), "pilot", in_place("rollback", "owner"), NOW)
    assert str(means) == "1 new question (Privacy notice); still ready"


def test_a_pilot_whose_stage_goes_is_warned_of(folder: Path) -> None:
    before = playbook_files.load(folder)
    for file in ("stages.yaml", "gates.yaml"):
        (folder / file).write_text((folder / file).read_text().replace("shadow", "shade"))
    means = consequence(before, playbook_files.load(folder), "shadow", {}, NOW)
    assert means.stage_gone
    assert str(means).startswith("its stage would be gone")


def test_a_pilot_at_the_end_notices_nothing(folder: Path) -> None:
    playbook = playbook_files.load(folder)
    means = consequence(playbook, playbook, "production", {}, NOW)
    assert means.nothing
    assert str(means) == "still without a gate"


def test_a_pilot_whose_time_would_be_up_hears_of_it_before_and_one_whose_time_is_up_already_does_not(
    folder: Path,
) -> None:
    before, since = playbook_files.load(folder), NOW - timedelta(days=61)
    edit(folder, "stages.yaml", "quiet_after_days: 14", "quiet_after_days: 14\n    decide_after_days: 60")
    after = playbook_files.load(folder)
    means = consequence(before, after, "pilot", {}, NOW, since=since)
    assert str(means).endswith("; its time in its stage would be up, so a day of decision would be set")
    assert not means.nothing
    for earlier, later, when in ((before, after, NOW), (after, after, since), (after, before, since)):
        assert consequence(earlier, later, "pilot", {}, NOW, since=when).nothing


def test_the_summary_shows_gates_critical_and_announced_questions_on_one_screen(folder: Path) -> None:
    with (folder / "checklists" / "basics.yaml").open("a") as file:
        file.write(ITEM + "    enforce_from: 2027-03-01\n")
    said = summary(playbook_files.load(folder), TODAY, instead=["nudges.yaml"])
    assert "Stages     Pilot → Shadow → Production" in said
    assert "  Readiness  Pilot → Shadow       3 questions, 2 critical; decided by @gate-approvers" in said
    assert (
        "  Launch     Shadow → Production  3 questions, 2 critical; decided by the production owner" in said
    )
    assert "  privacy (Privacy notice) counts from 1 Mar 2027, at Readiness and Launch" in said
    assert "nudges.yaml is not there: ours stand in" in said
    assert "Worth a look" not in said
    ours = playbook_files.load(playbook_files.DEFAULT_FOLDER)
    assert len(summary(ours, TODAY).splitlines()) < 40
    assert list(notes(ours, TODAY)) == []


def test_what_is_probably_not_meant_is_worth_a_look_and_no_mistake(folder: Path) -> None:
    spare = (folder / "checklists" / "basics.yaml").read_text().replace("basics", "spare")
    spare = spare.replace("id: rollback", "id: spare.one").replace("id: owner", "id: spare.two")
    (folder / "checklists" / "spare.yaml").write_text(spare)
    edit(folder, "checklists/basics.yaml", "try the switch", "try the switch.")
    edit(folder, "checklists/basics.yaml", "evidence: a note", "evidence: a note\n    unit: kg")
    edit(
        folder, "checklists/basics.yaml", "evidence: a name", "evidence: a name\n    enforce_from: 2020-01-01"
    )
    said = list(notes(playbook_files.load(folder), date(2026, 11, 20), instead=["nudges.yaml"]))
    assert said == [
        "no gate asks for the checklist spare",
        "rollback has a unit, which the kind status does not show",
        "rollback: if_missing stands inside a sentence; leave out the mark at its end",
        "owner has counted since 1 Jan 2020; enforce_from can go",
    ]
