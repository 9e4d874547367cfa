"""Judges a quarter: was anybody told twice, at night, about what was done, or too late? By code of its own.

It reads the rows past our storage, counts days and hours with nothing but the standard library, and knows the people as the
company does. What is wrong is kept as a sentence, so that one run shows all of it.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from .quarter import A_DAY, CLOSED, Quarter, Somebody, instant, stored

OPEN_ROWS: Final = {
    "action": ("action", "id", "state = 'open'"),
    "condition": ("action", "id", "state = 'open'"),
    "blocker": ("blocker", "id", "state = 'open'"),
    "waiver": ("waiver", "id", "state = 'granted'"),
    "ask": ("ask", "id", "state = 'open'"),
    "owner": ("handover", "id", "state = 'proposed'"),
    "interview": ("interview", "id", "state IN ('open', 'paused')"),
    "review": ("review", "id", "state = 'open'"),
    "orphaned": ("person", "user_id", "deactivated"),
}
"""Where the thing lies that a matter is about, and what is true of it while the matter waits."""
SPELT_OUT: Final = 15
"""How many things one message says in words; the rest is a number below them."""
LATE: Final = timedelta(hours=2)
"""How long after its time something may be queued: longer than the longest pause between two looks."""


@dataclass
class Judge:
    """What was told so far, and what was wrong with it."""

    quarter: Quarter
    wrong: list[str] = field(default_factory=list)
    messages: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Direct messages by person and week."""
    in_channels: int = 0
    told: Counter[str] = field(default_factory=Counter)
    """Lines told, by kind of matter."""
    checked: Counter[str] = field(default_factory=Counter)
    """How often each thing was looked at, so that a test that looks at nothing shows."""
    _seen: int = 0
    _rungs: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _days: set[tuple[str, date]] = field(default_factory=set)

    # After every look

    def looks(self, now: datetime) -> None:
        """Judge what was told just now."""
        said: dict[str, str] = {}
        for row in self._rows(
            "SELECT seq, key, body FROM outbound_message WHERE seq > ? ORDER BY seq", self._seen
        ):
            self._seen = row["seq"]
            if row["key"].startswith("nudge:"):
                _, person_id, slot = row["key"].split(":", 2)
                said[person_id] = row["body"]
                self._hears(person_id, slot, now)
        lines: Counter[str] = Counter()
        unnamed: Counter[str] = Counter()
        for row in self._rows("SELECT * FROM notice WHERE told_at = ?", stored(now)):
            lines[row["person_id"]] += 1
            unnamed[row["person_id"]] += not self._is_told(row, said.get(row["person_id"], ""), now)
        for person_id, count in unnamed.items():
            counted = max(0, lines[person_id] - SPELT_OUT)
            if count > counted or (count and not _counts_the_rest(said.get(person_id, "{}"))):
                about = f"{lines[person_id]} things, and the message does not name the pilots of {count}"
                self._object(now, person_id, f"was noted as told of {about}")
        for person_id in said:
            if not lines[person_id]:
                self._object(now, person_id, "got a message with nothing in it")

    def _hears(self, person_id: str, slot: str, now: datetime) -> None:
        one = self.quarter.people.get(person_id)
        if one is None:
            self.in_channels += 1
            return
        local = now.astimezone(one.zone)
        self.messages[person_id, "{}-W{:02}".format(*local.isocalendar())] += 1
        if slot != local.date().isoformat():
            self._object(now, person_id, f"got the message of {slot} on {local:%F}")
        if (person_id, local.date()) in self._days:
            self._object(now, person_id, "got two messages on one day")
        self._days.add((person_id, local.date()))
        if not _is_good(one, now):
            self._object(now, person_id, f"heard at {local:%a %F %H:%M}, outside of their hours or days")
        if person_id in self.quarter.gone:
            self._object(now, person_id, "has left, and was told")
        self.checked["messages in hours"] += 1

    def _is_told(self, notice: sqlite3.Row, body: str, now: datetime) -> bool:
        """Judge one thing that somebody was told of; return whether the message names its pilot."""
        person_id, kind = notice["person_id"], notice["kind"]
        self.told[kind] += 1
        about = f"{kind} of {notice['thing']}, rung {notice['rung']}"
        (pilot,) = self._rows("SELECT * FROM pilot WHERE id = ?", notice["pilot_id"])
        key = (notice["pilot_id"], notice["thing"], person_id)
        if notice["rung"] < 0:  # they asked to hear of it again
            if not any(self._was_to_be_quiet(one, notice) for one in self.quarter.asked_for_quiet):
                self._object(now, person_id, f"heard again of {about}, and had not asked for it")
        elif self._rungs.get(key, -1) >= notice["rung"]:
            self._object(now, person_id, f"heard twice of {about}")
        else:
            self._rungs[key] = notice["rung"]
        if not self._still_waits(notice, pilot, now):
            self._object(now, person_id, f"heard of {about}, which is done")
        for quiet in self.quarter.asked_for_quiet:
            if self._was_to_be_quiet(quiet, notice) and quiet.since < now < quiet.until:
                self._object(
                    now, person_id, f"heard of {about}, and had asked for quiet until {quiet.until:%F %H:%M}"
                )
        self.checked["lines that were still true"] += 1
        return str(pilot["name"]) in body

    def _was_to_be_quiet(self, quiet: Any, notice: sqlite3.Row) -> bool:
        mine = (quiet.person_id, quiet.pilot_id) == (notice["person_id"], notice["pilot_id"])
        return mine and quiet.thing in {None, notice["thing"]}

    def _still_waits(self, notice: sqlite3.Row, pilot: sqlite3.Row, now: datetime) -> bool:
        """Whether what somebody was told of is true, by the rows and by what people did."""
        if pilot["stage"] == "retired" or pilot["hold"] is not None:
            return False
        kind = notice["kind"]
        if kind in OPEN_ROWS:
            table, key, condition = OPEN_ROWS[kind]
            found = self._rows(f"SELECT 1 FROM {table} WHERE {key} = ? AND {condition}", notice["subject"])
            return bool(found)
        if kind == "quiet":
            days = timedelta(days=self._quiet_after(pilot["stage"]) or 10_000)
            last = max(
                instant(pilot["last_change_at"]), self.quarter.progress.get(pilot["id"], now - 2 * days)
            )
            if self._was_just_explained(pilot, days, now):
                return False
            return (
                now - last > days - A_DAY
            )  # days are counted by the calendar: it is said on the morning of the last
        if kind == "decision":
            return bool(pilot["decide_on"] == notice["day"])
        if kind == "ready":
            return bool(pilot["ready"])
        if kind == "open_again":
            return bool(pilot["flags"])
        return kind in {"bar", "evidence"}

    def _was_just_explained(self, pilot: sqlite3.Row, days: timedelta, now: datetime) -> bool:
        """Whether somebody put the decision off within as many days as silence is allowed for, to a day that is not over."""
        who = self._answers_for(pilot)
        if not pilot["extended"] or not pilot["decide_on"] or who is None:
            return False
        (said,) = self._rows(
            "SELECT MAX(at) AS at FROM audit WHERE what = 'pilot.extended' AND subject_id = ?", pilot["id"]
        )
        self.checked["decisions that were put off before"] += 1
        today = now.astimezone(self.quarter.people[who].zone).date()
        is_over = today > date.fromisoformat(pilot["decide_on"])
        return now < instant(said["at"]) + days and not is_over

    # At the end of a day

    def looks_back(self, now: datetime) -> None:
        """Judge what should have been told by now and was not."""
        if self._nobody_looked(now - 2 * LATE, now):
            return
        for row in self._rows("SELECT * FROM pilot WHERE stage != 'retired' AND hold IS NULL"):
            self._quiet_one_was_noticed(row, now)
        for row in self._rows(
            "SELECT action.*, pilot.name, pilot.champion_id FROM action JOIN pilot ON pilot.id = pilot_id "
            "WHERE state = 'open' AND due_on IS NOT NULL AND stage != 'retired' AND hold IS NULL AND review_id IS NULL"
        ):
            self._action_was_noticed(row, now)
        for row in self._rows(
            "SELECT handover.*, pilot.last_change_at FROM handover JOIN pilot ON pilot.id = pilot_id "
            "WHERE state = 'proposed' AND stage != 'retired' AND hold IS NULL"
        ):
            self._proposal_was_noticed(row, now)
        for person_id, left_at in self.quarter.gone.items():
            self._leaving_was_noticed(person_id, left_at, now)

    def _quiet_one_was_noticed(self, pilot: sqlite3.Row, now: datetime) -> None:
        """Where nothing else says it more precisely, whoever answers for it hears that nothing moves."""
        days = self._quiet_after(pilot["stage"])
        who = self._answers_for(pilot)
        if days is None or who is None:
            return
        busy = (
            "SELECT 1 FROM interview WHERE pilot_id = ?1 AND state IN ('open', 'paused') UNION "
            "SELECT 1 FROM review WHERE pilot_id = ?1 AND state = 'open' UNION "
            "SELECT 1 FROM blocker WHERE pilot_id = ?1 AND state = 'open'"
        )
        if pilot["ready"] or pilot["flags"] or pilot["decide_on"] or self._rows(busy, pilot["id"]):
            return
        one = self.quarter.people[who]
        quiet_on = (instant(pilot["last_change_at"]) + timedelta(days=days)).astimezone(one.zone).date()
        due = _begins(one, _working_day(one, quiet_on, 0))
        if due + LATE > now or self._nobody_looked(due, due + LATE):
            return
        self.checked["quiet pilots that were noticed"] += 1
        if not self._rows(  # whoever answered for it then: since, it may have become somebody else's
            "SELECT 1 FROM notice WHERE pilot_id = ? AND kind = 'quiet' AND queued_at >= ?",
            pilot["id"],
            stored(instant(pilot["last_change_at"])),
        ):
            self._object(now, who, f"was not to hear of {pilot['name']}, quiet since {due:%F %H:%M}")

    def _action_was_noticed(self, action: sqlite3.Row, now: datetime) -> None:
        (pilot,) = self._rows("SELECT * FROM pilot WHERE id = ?", action["pilot_id"])
        answers = self._answers_for(pilot)
        if answers is None:
            return
        one, rungs = self.quarter.people[answers], self._rule("action").rungs
        first = _working_day(one, date.fromisoformat(action["due_on"]), rungs[0].at)
        due = max(_begins(one, first), instant(action["created_at"]), instant(pilot["last_change_at"]))
        if due + LATE > now or self._nobody_looked(due, due + LATE):
            return
        self.checked["actions that were noticed"] += 1
        if not self._rows("SELECT 1 FROM notice WHERE kind = 'action' AND subject = ?", action["id"]):
            who = action["owner_id"] or pilot["champion_id"]
            self._object(now, who, f"was not to hear of the action {action['id']}, due on {action['due_on']}")

    def _proposal_was_noticed(self, proposed: sqlite3.Row, now: datetime) -> None:
        (pilot,) = self._rows("SELECT * FROM pilot WHERE id = ?", proposed["pilot_id"])
        answers = self._answers_for(pilot)
        asked = proposed["to_id"]
        if answers is None or asked in self.quarter.gone or asked not in self.quarter.people:
            return  # a group is asked where everybody reads it
        one, at = self.quarter.people[answers], instant(proposed["proposed_at"])
        first = _working_day(one, at.astimezone(one.zone).date(), self._rule("owner").rungs[0].at)
        due = max(_begins(one, first), instant(pilot["last_change_at"]))
        if due + LATE > now or self._nobody_looked(due, due + LATE):
            return
        self.checked["proposals that were noticed"] += 1
        if not self._rows("SELECT 1 FROM notice WHERE kind = 'owner' AND subject = ?", proposed["id"]):
            self._object(
                now, proposed["to_id"], f"was not to hear that they were proposed for {pilot['name']}"
            )

    def _leaving_was_noticed(self, person_id: str, left_at: datetime, now: datetime) -> None:
        """Whoever is left hears that somebody left whom nobody has replaced."""
        for pilot in self._rows(
            "SELECT * FROM pilot WHERE champion_id = ? AND stage != 'retired' AND hold IS NULL", person_id
        ):
            answers = self._answers_for(pilot)
            if answers is None:
                continue
            one, since = self.quarter.people[answers], max(left_at, instant(pilot["last_change_at"]))
            due = _begins(one, _working_day(one, since.astimezone(one.zone).date(), 1))
            if due + LATE > now or self._nobody_looked(left_at, due + LATE):
                continue
            self.checked["pilots without a champion that were noticed"] += 1
            if not self._rows(
                "SELECT 1 FROM notice WHERE kind = 'orphaned' AND pilot_id = ? AND subject = ?",
                pilot["id"],
                person_id,
            ):
                self._object(now, answers, f"was not to hear that {person_id} left {pilot['name']}")

    # In the end

    def judges(self) -> None:
        """Judge what only shows at the end: who waited to be told for longer than a working day, and who heard in which order."""
        end = self.quarter.now
        ladders: dict[tuple[str, str, str], dict[int, datetime]] = defaultdict(dict)
        for notice in self._rows("SELECT * FROM notice ORDER BY queued_at"):
            queued = instant(notice["queued_at"])
            if notice["rung"] >= 0:
                key = (notice["pilot_id"], notice["kind"], notice["thing"])
                ladders[key].setdefault(notice["rung"], queued)
            self._was_told_in_time(notice, end)
        for (pilot_id, kind, thing), rungs in ladders.items():
            self._went_upwards(pilot_id, kind, thing, rungs)

    def _was_told_in_time(self, notice: sqlite3.Row, end: datetime) -> None:
        one = self.quarter.people.get(notice["person_id"])
        if one is None or one.user_id in self.quarter.gone:
            return
        settled = instant(notice["replied_at"]) if notice["replied_at"] and not notice["told_at"] else end
        by = self._latest(one, notice)
        at = instant(notice["told_at"]) if notice["told_at"] else settled
        self.checked["told within a working day"] += 1
        if at > by:
            what = f"{notice['kind']} of {notice['thing']}, rung {notice['rung']}, queued {notice['queued_at']:.16}"
            self._object(at, one.user_id, f"was to hear of {what} by {by:%F %H:%M} and did not until then")

    def _latest(self, one: Somebody, notice: sqlite3.Row) -> datetime:
        """Return the end of the working day after the first one on which somebody could hear.

        On the first one they may have had their one message already, before this was to be told.
        """
        since = instant(notice["queued_at"])
        while True:
            days = _good_days(one, since)
            next(days)
            by = _ends(one, next(days).astimezone(one.zone).date()) + LATE
            later = max((until for first, until in self._nothing_said(notice) if first <= by), default=since)
            if later <= since:
                return by
            since = later

    def _nothing_said(self, notice: sqlite3.Row) -> Iterator[tuple[datetime, datetime]]:
        """Yield when somebody was not to hear of a notice, and when nobody looked."""
        yield self.quarter.size.outage
        yield from self.quarter.held.get(notice["pilot_id"], [])
        for quiet in self.quarter.asked_for_quiet:
            if self._was_to_be_quiet(quiet, notice):
                yield quiet.since, quiet.until

    def _went_upwards(self, pilot_id: str, kind: str, thing: str, rungs: dict[int, datetime]) -> None:
        numbers = sorted(rungs)
        self.checked["ladders"] += 1
        self.checked["rungs"] += len(numbers)
        for below, above in pairwise(numbers):
            if rungs[above] <= rungs[below]:
                self._object(rungs[above], pilot_id, f"{thing}: rung {above} was not after rung {below}")
            between = self._days_between(kind, below, above)
            if (rungs[above] - rungs[below]).total_seconds() < (between - 1) * 86_400:
                self._object(
                    rungs[above], pilot_id, f"{thing}: rung {above} came too soon after rung {below}"
                )

    def _days_between(self, kind: str, below: int, above: int) -> int:
        """Return how many working days lie between two rungs for different people; those have as many days, too."""
        rule = self._rule(kind)
        steps = [*rule.rungs, *([rule.again] * (above + 1))]
        if kind == "review" or set(steps[below].tells) == set(steps[above].tells) or above >= len(rule.rungs):
            return 1
        first = next(n for n in range(below + 1, above + 1) if set(steps[n].tells) == set(steps[above].tells))
        return int(rule.rungs[first].at - rule.rungs[below].at)

    # What it goes by

    def _quiet_after(self, stage_id: str) -> int | None:
        return next(
            one.quiet_after_days for one in self.quarter.library.playbook.stages if one.id == stage_id
        )

    def _answers_for(self, pilot: sqlite3.Row) -> str | None:
        """Return on whose calendar a pilot's days are counted: its owner's, who is there and has not declined, else the champion's."""
        asked = self._rows(
            "SELECT state FROM handover WHERE pilot_id = ? AND to_id = ? ORDER BY proposed_at DESC",
            pilot["id"],
            pilot["owner_id"],
        )
        declined = bool(asked) and asked[0]["state"] == "refused"
        known = self.quarter.people.keys() - self.quarter.gone.keys()
        for one in (pilot["owner_id"] if not declined else "", pilot["champion_id"]):
            if one in known:
                return str(one)
        return None

    def _rule(self, kind: str) -> Any:
        return next(one for one in self.quarter.library.playbook.nudges.rules if one.about == kind)

    def _nobody_looked(self, since: datetime, until: datetime) -> bool:
        first, last = self.quarter.size.outage
        return since < last and until >= first

    def _rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        return self.quarter.rows(statement, *values)

    def _object(self, now: datetime, who: str, what: str) -> None:
        self.wrong.append(f"{now:%F %H:%M} {who} {what}")


def _is_good(one: Somebody, now: datetime) -> bool:
    local = now.astimezone(one.zone)
    return _is_there(one, local.date()) and one.from_hour <= local.hour < one.until_hour


def _is_there(one: Somebody, day: date) -> bool:
    return _works(one, day) and not any(first <= day <= last for first, last in one.away)


def _works(one: Somebody, day: date) -> bool:
    return day.weekday() in one.weekdays and day not in CLOSED


def _working_day(one: Somebody, day: date, by: int) -> date:
    """Return the day that is so many working days away; for 0 the day itself or the next one."""
    step, left = (-A_DAY, -by) if by < 0 else (A_DAY, by or (0 if _works(one, day) else 1))
    while left:
        day += step
        left -= _works(one, day)
    return day


def _begins(one: Somebody, day: date) -> datetime:
    return _utc(datetime.combine(day, time(one.from_hour)), one.zone)


def _ends(one: Somebody, day: date) -> datetime:
    return _utc(datetime.combine(day, time()) + timedelta(hours=one.until_hour), one.zone)


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))


def _good_days(one: Somebody, since: datetime) -> Iterator[datetime]:
    """Yield when somebody's good days begin, the rest of today's first."""
    day = since.astimezone(one.zone).date()
    while True:
        if _is_there(one, day) and _ends(one, day) > since:
            yield max(since, _begins(one, day))
        day += A_DAY


def _counts_the_rest(body: str) -> bool:
    """Whether a message says how much more there is."""
    return any(one.get("block_id") == "more" for one in json.loads(body).get("blocks", ()))
