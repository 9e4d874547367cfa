"""Rules of reminding as files: what they name is known or is said with its line, ours stand in, and they are written down and compared."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from bot.domain.matters import KNOWN, MatterKind, Placeholder, Rule, filled, placeholders
from bot.domain.playbook import Playbook
from bot.domain.rhythm import Knows, Leads, NudgeRhythm
from prompts import playbook_export, playbook_files
from prompts.playbook_diff import report
from prompts.playbook_ladders import days_said, ladder_said, odd_rules
from prompts.playbook_summary import summary

from .small_playbook import edit, problems, write

TODAY = date(2026, 11, 20)
NUDGES = """\
from_hour: 8
closed: [2026-12-25]
knows:
  sponsor: owner
  team_cost: cost
leads:
  group: heads
  people: [U0LENAFISC]
weekly: {weekday: 4, hour: 15, zone: Europe/Berlin}
rules:
  - about: action
    rungs:
      - {at: -2, tells: [person], says: "“{what}” is due {day}."}
      - at: 3
        tells: [champion, owner]
        says: "“{what}” was due {day}, {days} ago."
    again:
      every: 5
      tells: [sponsor]
      says: still open.
  - about: quiet
    rungs:
      - {at: 0, tells: [owner], says: "nothing for {weeks}."}
"""
COST = """\
  - id: cost
    title: Cost
    question: What does it cost?
    why: It counts.
    good: 100 € a week.
    if_missing: count it
    evidence: a figure
    freshness_days: 90
    critical: false
    kind: money
    unit: EUR
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path)
    (tmp_path / "nudges.yaml").write_text(NUDGES, encoding="utf-8")
    edit(tmp_path, "checklists/basics.yaml", "evidence: a name", "evidence: a name\n    kind: person")
    with (tmp_path / "checklists" / "basics.yaml").open("a") as file:
        file.write(COST)
    return tmp_path


def written(playbook: Playbook, folder: Path) -> Path:
    (folder / playbook_files.CHECKLISTS).mkdir(parents=True, exist_ok=True)
    for name, text in playbook_export.folder(playbook).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_file_says_who_hears_of_what(folder: Path) -> None:
    rhythm = playbook_files.load(folder).nudges
    assert [rule.about for rule in rhythm.rules] == ["action", "quiet"]
    assert rhythm.knows == Knows(sponsor="owner", team_cost="cost")
    assert rhythm.leads == Leads(group="heads", people=("U0LENAFISC",))
    assert not rhythm.leads.anybody
    assert (rhythm.weekly.weekday, rhythm.weekly.zone) == (4, "Europe/Berlin")
    assert [day.isoformat() for day in rhythm.closed] == ["2026-12-25"]
    action = rhythm.rule(MatterKind.ACTION)
    assert action
    assert [action.rung(number).at for number in range(4)] == [-2, 3, 8, 13]
    assert rhythm.urgency(MatterKind.ACTION) < rhythm.urgency(MatterKind.QUIET)
    assert rhythm.urgency(MatterKind.QUIET) < rhythm.urgency(MatterKind.BAR), "without a rule it comes last"


CASES: dict[str, tuple[str, str, str]] = {
    # name: (what stands there, what is put there, the whole problem)
    "a placeholder that is misspelt": (
        "{weeks}", "{wekks}",
        "nudges.yaml:23: there is no {wekks} here; expected of “quiet” are known: {day}, {days}, {stage}, {weeks}. Did you mean “{weeks}”?",
    ),
    "a placeholder of another kind": (
        "{weeks}", "{what}",
        "nudges.yaml:23: there is no {what} here; expected of “quiet” are known: {day}, {days}, {stage}, {weeks}.",
    ),
    "a placeholder in what follows after the last rung": (
        "still open.", "'{who}: still open.'",
        "nudges.yaml:20: there is no {who} here; expected of “action” are known: {day}, {days}, {stage}, {what}.",
    ),
    "braces that are no placeholder": (
        "{days} ago", "{days:03} ago",
        "nudges.yaml:16: the braces in ““{what}” was due {day}, {days:03} ago.” cannot be read ({days} takes nothing but its name between the braces); expected of “action” are known: {day}, {days}, {stage}, {what}.",
    ),
    "a brace that stays open": (
        "{weeks}", "{weeks",
        "nudges.yaml:23: the braces in “nothing for {weeks.” cannot be read (expected '}' before end of string); expected of “quiet” are known: {day}, {days}, {stage}, {weeks}.",
    ),
    "empty braces": (
        "{weeks}", "{}",
        "nudges.yaml:23: there is no {} here; expected of “quiet” are known: {day}, {days}, {stage}, {weeks}.",
    ),
    "what a placeholder is made of": (
        "{weeks}", "{weeks.real}",
        "nudges.yaml:23: there is no {weeks.real} here; expected of “quiet” are known: {day}, {days}, {stage}, {weeks}. Did you mean “{weeks}”?",
    ),
    "a kind of matter that nobody knows": (
        "about: quiet", "about: quite",
        "nudges.yaml:21: “about” is “quite”; expected one of “review”, “decision”, “orphaned”, “open_again”, “condition”, “blocker”, “ask”, “owner”, “action”, “waiver”, “evidence”, “ready”, “bar”, “interview”, “quiet”. Did you mean “quiet”?",
    ),
    "somebody whom nobody knows": (
        "tells: [champion, owner]", "tells: [champion, boss]",
        "nudges.yaml:15: entry 2 of “tells” is “boss”; expected one of “person”, “owner”, “champion”, “sponsor”, “channel”.",
    ),
    "somebody twice": (
        "tells: [champion, owner]", "tells: [owner, owner]",
        "nudges.yaml:15: “owner” is listed twice; expected each once.",
    ),
    "nobody": (
        "tells: [champion, owner]", "tells: []",
        "nudges.yaml:15: “tells” is an empty list; expected a list of texts, at least one.",
    ),
    "a kind twice": (
        'about: quiet\n    rungs:\n      - {at: 0, tells: [owner], says: "nothing for {weeks}', 'about: action\n    rungs:\n      - {at: 0, tells: [owner], says: "nothing',
        "nudges.yaml:21: there is already a rule about “action” in line 11; expected one rule for each kind.",
    ),
    "rungs that lead down": (
        "at: 3\n", "at: -2\n",
        "nudges.yaml:11: entry 1 of “rules” contradicts itself; expected this: the rungs of a rule come one after the other: each `at` is later than the one before.",
    ),
    "a day far away": (
        "at: 3\n", "at: 300\n", "nudges.yaml:14: “at” is “300”; expected a whole number from -60 to 250.",
    ),
    "a rung without words": (
        '        says: "“{what}” was due {day}, {days} ago."\n', "",
        "nudges.yaml:14: “says” is missing in entry 2 of “rungs”; expected text of 1 to 300 characters.",
    ),
    "a question that is not there": (
        "sponsor: owner", "sponsor: ownr",
        "nudges.yaml:4: there is no item “ownr”; expected one of “owner”. Did you mean “owner”?",
    ),
    "a question whose answer is something else": (
        "team_cost: cost", "team_cost: rollback",
        "nudges.yaml:5: the item “rollback” has the kind “status”; expected an item of the kind money: one of “cost”.",
    ),
    "a question for which none of ours would do": (
        "team_cost: cost", "decision_date: cost",
        "nudges.yaml:5: the item “cost” has the kind “money”; expected none, because no item has the kind date.",
    ),
    "a group with its mark": (
        "group: heads", "group: '@heads'",
        "nudges.yaml:7: “group” is “@heads”; expected the handle of a Slack user group, without @.",
    ),
    "a name in place of a member id": (
        "[U0LENAFISC]", "[lena]",
        "nudges.yaml:8: entry 1 of “people” is “lena”; expected a Slack member id, such as U0123ABCDEF (in a profile: ⋯, Copy member ID).",
    ),
    "a time zone that is none": (
        "Europe/Berlin", "Europe/Berln",
        "nudges.yaml:9: there is no time zone “Europe/Berln”; expected the name of one, such as “Europe/Berlin” or “UTC”. Did you mean “Europe/Berlin”?",
    ),
    "a weekday beyond Sunday": (
        "weekday: 4", "weekday: 7", "nudges.yaml:9: “weekday” is “7”; expected a whole number from 0 to 6.",
    ),
    "days out of order": (
        "from_hour: 8", "days: [1, 0]",
        "nudges.yaml:1: “days” contradicts itself; expected this: 0 is Monday and 6 is Sunday, each day once and in order.",
    ),
    "no days": (
        "from_hour: 8", "days: []",
        "nudges.yaml:1: “days” is an empty list; expected a list of whole numbers, at least one, at most 7.",
    ),
    "a day off that is no day": (
        "2026-12-25", "Christmas",
        "nudges.yaml:2: entry 1 of “closed” is “Christmas”; expected a day of the calendar, such as 2026-12-31.",
    ),
    "days off that are no list": (
        "[2026-12-25]", "none",
        "nudges.yaml:2: “closed” is “none”; expected a list of days such as 2026-12-31, at most 400.",
    ),
    "no words": (
        "says: still open.", "says: '  '",
        "nudges.yaml:20: there are no words; expected what people read after the pilot's name.",
    ),
    "a misspelt key of a rung": (
        "        tells: [champion, owner]", "        tell: [champion, owner]",
        "nudges.yaml:15: “tell” is no key here; expected one of “at”, “tells”, “says”. Did you mean “tells”?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_refused_with_its_line_and_what_was_expected(folder: Path, case: str) -> None:
    old, new, expected = CASES[case]
    edit(folder, "nudges.yaml", old, new)
    assert problems(folder) == [expected]


@pytest.mark.parametrize(
    "spoilt", ["rules: none", "rules: [1, [], {}]", "rules: [{about: 3, rungs: {}, again: []}]", "knows: 3", "weekly: x"]
)  # fmt: skip
def test_whatever_stands_there_ends_in_a_report(folder: Path, spoilt: str) -> None:
    (folder / "nudges.yaml").write_text(spoilt)
    assert all(problem.startswith("nudges.yaml:1: ") for problem in problems(folder))


def test_a_file_from_before_there_were_rules_goes_on_working_with_ours(folder: Path) -> None:
    (folder / "nudges.yaml").write_text("from_hour: 8\nagain_after_days: 21\nsnooze_days: 3\n")
    playbook, ours = playbook_files.load(folder), playbook_files.load(playbook_files.DEFAULT_FOLDER)
    assert playbook.nudges.rules == ours.nudges.rules
    assert (playbook.nudges.from_hour, playbook.nudges.snooze_days) == (8, 3)
    assert playbook.nudges.knows == Knows(), "our questions are not there"
    assert playbook.nudges.leads.anybody
    instead = playbook_files.left_out(folder, playbook)
    assert "the rules of nudges.yaml" in instead
    said = summary(playbook, TODAY, instead=instead)
    assert "and the rules of nudges.yaml are not there: ours stand in" in said
    assert "Worth a look" not in said


def test_our_questions_tell_what_they_tell_in_ours_as_far_as_they_are_there_and_ask_for_the_same(
    folder: Path,
) -> None:
    (folder / "nudges.yaml").unlink()
    edit(folder, "checklists/basics.yaml", "id: owner", "id: sponsor")
    edit(folder, "checklists/basics.yaml", "id: rollback", "id: decision-date")
    assert playbook_files.load(folder).nudges.knows == Knows(sponsor="sponsor"), "no date is asked for"


def test_no_rules_at_all_means_no_reminders_also_when_written_down_again(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (folder / "nudges.yaml").write_text("rules: []\nknows: {}\n")
    playbook = playbook_files.load(folder)
    assert playbook.nudges.rules == ()
    assert playbook.nudges.rule(MatterKind.QUIET) is None
    assert playbook_files.load(written(playbook, tmp_path_factory.mktemp("copy"))) == playbook
    assert any("no rule is about review" in said for said in odd_rules(playbook))


def test_rules_written_down_load_to_the_same_again(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    playbook = playbook_files.load(folder)
    copy = written(playbook, tmp_path_factory.mktemp("copy"))
    assert playbook_files.load(copy) == playbook
    said = (copy / "nudges.yaml").read_text(encoding="utf-8")
    assert "says: “{what}” was due {day}, {days} ago." in said
    assert "tells: [champion, owner]" in said


def test_what_differs_is_told_rule_by_rule(folder: Path) -> None:
    before = playbook_files.load(folder)
    edit(folder, "nudges.yaml", "at: 3\n", "at: 4\n")
    edit(folder, "nudges.yaml", "still open.", "open.")
    edit(folder, "nudges.yaml", "sponsor: owner\n", "bar: rollback\n")
    edit(folder, "nudges.yaml", "group: heads\n  people: [U0LENAFISC]", "people: [U0MAYACHEN]")
    edit(folder, "nudges.yaml", "weekday: 4", "weekday: 0")
    edit(folder, "nudges.yaml", "2026-12-25", "2026-12-28")
    edit(folder, "nudges.yaml", "about: quiet", "about: bar")
    edit(folder, "stages.yaml", "quiet_after_days: 14", "quiet_after_days: 14\n    decide_after_days: 60")
    assert report(before, playbook_files.load(folder)).splitlines() == [
        "Stages",
        "  ~ pilot (Pilot): decide_after_days none → 60",
        "Nudges",
        "  ~ closed +“2026-12-28” -“2026-12-25”",
        "  ~ knows.sponsor owner → none",
        "  ~ knows.bar none → rollback",
        "  ~ leads.group heads → none",
        "  ~ leads.people +“U0MAYACHEN” -“U0LENAFISC”",
        "  ~ weekly.weekday 4 → 0",
        "  ~ action: day -2 person, day 3 champion and owner; then every 5 sponsor → day -2 person, day 4 champion and owner; then every 5 sponsor; says reworded",
        "  + bar: day 0 owner",
        "  - quiet",
    ]


def test_another_order_is_another_urgency(folder: Path) -> None:
    before = playbook_files.load(folder)
    head, action, quiet = NUDGES.split("  - about:")
    (folder / "nudges.yaml").write_text(f"{head}  - about:{quiet}  - about:{action}", encoding="utf-8")
    assert report(before, playbook_files.load(folder)) == (
        "Nudges\n  ~ other kinds are the most urgent: the rules stand in another order"
    )


def test_the_summary_says_when_people_hear_and_who_sees_all_of_it(folder: Path) -> None:
    said = summary(playbook_files.load(folder), TODAY)
    assert (
        "  people hear of 2 kinds of matters, Monday to Friday from 8:00 to 17:00; of the week on Friday at 15:00 "
        "(Europe/Berlin); @heads and 1 person see the whole portfolio"
    ) in said
    assert days_said((5, 6)) == "Saturday and Sunday"
    assert days_said((0, 1, 3)) == "Monday, Tuesday and Thursday"


def test_what_is_probably_not_meant_is_worth_a_look(folder: Path) -> None:
    edit(folder, "nudges.yaml", "  sponsor: owner\n", "")
    evidence = "rules:\n  - about: evidence\n    rungs: [{at: -15, tells: [person], says: a}]\n"
    review = "  - about: review\n    rungs: [{at: 0, tells: [person], says: a}, {at: 1, tells: [sponsor], says: b}]\n"
    edit(folder, "nudges.yaml", "rules:\n", evidence + review)
    assert list(odd_rules(playbook_files.load(folder))) == [
        "no rule is about decision, orphaned, open_again, condition, blocker, ask, owner, waiver, ready, bar or interview, so nobody is reminded of that",
        "no question says who the sponsor is (knows.sponsor), so rungs that tell the sponsor reach nobody",
        "review: reminders follow the policy, so only the words of its first rung are used",
        "no stage has decide_after_days, so a pilot may stay in its stage for ever",
    ]


def test_a_playbook_that_the_database_keeps_from_before_is_still_read(folder: Path) -> None:
    kept = playbook_files.load(folder).model_dump(mode="json")
    kept["nudges"] = {"from_hour": 9, "until_hour": 17, "again_after_days": 21, "snooze_days": 7}
    assert Playbook.model_validate(kept).nudges == NudgeRhythm()


@given(st.sampled_from(MatterKind), st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_filled_in_stands_there_as_it_is(about: MatterKind, before: str, fact: str) -> None:
    plain = before.replace("{", "{{").replace("}", "}}")
    for name in KNOWN[about]:
        says = f"{plain}{{{name}}}"
        assert placeholders(says) == (str(name),)
        assert filled(says, {Placeholder(name): fact}) == before + fact


def test_a_ladder_in_words() -> None:
    rule = Rule.model_validate(
        {"about": "bar", "rungs": [{"at": 0, "tells": ["owner", "champion"], "says": "x"}]}
    )
    assert ladder_said(rule) == "day 0 owner and champion"
