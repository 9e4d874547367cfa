"""Every message of a day, what its lines become, everything about blockers, and every form of it, for the tests that read all messages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.answers import Value
from bot.domain.calendar import Away, Calendar
from bot.domain.idling import Idle
from bot.domain.matters import Matter, MatterKind, Rule
from bot.domain.messages import Body
from bot.domain.notices import Blocker, BlockerState, Mute, Notice, Preference, Reply
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.domain.reviews import ChangeRequest, Review, ReviewKind, ReviewState
from bot.nudges import blocked_messages, forms, messages, wording
from bot.nudges.controls import Control, Way
from bot.nudges.messages import Day, Line, Rest, Settled, Standing
from bot.nudges.names import LineId, controls_block, line_block, mark_of
from bot.review.messages import outcome_in_words
from prompts.library import Library
from prompts.markup import Mrkdwn

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SLOT = "2026-11-23"
LINK = "https://s.example/p1"
RATE = Value(kind=AnswerKind.MONEY, number=Decimal("123456.78"), unit="EUR")
HOURS = Calendar(zone="Europe/Berlin")
REVIEW_WORDS = ("vote", "answer", "mend")
OTHER_ENDS = ("held", "over", "voted", "not_needed", "cleared", "passed_back")
MANY = 40


def notice(pilot: Pilot, kind: MatterKind, number: int = 0, **changed: Any) -> Notice:
    return Notice(
        workspace_id="T0", pilot_id=pilot.id, kind=kind, subject="a" * 16, thing=f"{kind.value}:{number}",
        rung=0, person_id="U0JONAS", day=NOW.date(), queued_at=NOW, **changed,
    )  # fmt: skip


def matter(pilot: Pilot, kind: MatterKind, text: str) -> Matter:
    return Matter(
        pilot_id=pilot.id, kind=kind, subject="a" * 16, thing=f"{kind.value}:0", day=date(2027, 2, 1),
        person_id="U0JONAS", what=(text + " ") * 30, who="U0PRIYA", since=NOW - timedelta(days=400), count=12,
    )  # fmt: skip


def blocker(pilot: Pilot, text: str, **changed: Any) -> Blocker:
    return Blocker(
        id="b" * 16, workspace_id="T0", pilot_id=pilot.id, what=text[:1000].strip() or "x", by_id="U0PRIYA",
        reported_by="U0MAYA", reported_at=NOW, due_on=date(2026, 12, 4), **changed,
    )  # fmt: skip


def line(library: Library, pilot: Pilot, kind: MatterKind, text: str, number: int = 0) -> Line:
    """Return a line in the longest words that the rule of its kind has."""
    rule = library.playbook.nudges.rule(kind)
    says = max(_texts(rule), key=len) if rule else "it waits."
    said = wording.said(library, says, matter(pilot, kind, text), pilot, HOURS, NOW.date())
    where = LineId.of(notice(pilot, kind, number), SLOT)
    buttons = tuple(
        Control(word, f"nudge.{word}", where.packed(), LINK if word.startswith("open") else None)
        for word in ("request", "extend", "roll_back", "retire")
    )
    menu = tuple(
        Control(word, f"nudge.{word}", where.packed())
        for word in ("snooze", "mute", "blocked", "not_me", "retire")
    )
    cost = library.words("nudges/cost", idle=Idle(weeks=120, rate=RATE))
    return Line(
        where.mark,
        pilot,
        said,
        Way(buttons[: number % 4 + 1], menu[: number % 5 + 1]),
        cost.mrkdwn("cost") if number % 2 else Mrkdwn(""),
    )


def _texts(rule: Rule) -> list[str]:
    return [rung.says for rung in rule.rungs] + ([rule.again.says] if rule.again else [])


def every_message(library: Library, pilot: Pilot, review: Review, text: str) -> Iterator[tuple[str, Body]]:
    for number, kind in enumerate(MatterKind):
        one = line(library, pilot, kind, text, number)
        yield f"a day, {kind}", messages.day_message(library, Day([one], HOURS))
        yield f"a channel's day, {kind}", messages.day_message(library, Day([one], HOURS, channel=True))
    for said in _review_lines(library, review, text):
        waits = Line("m" * 12, pilot, said, Way((Control("open_vote", "nudge.open", review.id, LINK),)))
        yield "a day with a review", messages.day_message(library, Day([waits], HOURS, earlier=1))
    many = [
        line(library, pilot.model_copy(update={"id": f"{n // 3:016x}"}), MatterKind.CONDITION, text, n)
        for n in range(messages.LINES_SHOWN)
    ]
    full = messages.day_message(
        library, Day(many, HOURS, rest=Rest(MANY, "U0MAYA:2026-12-07:first"), earlier=MANY)
    )
    yield "a full day", full
    yield from _settled(library, pilot, review, full, many)
    for rest in (Rest(), Rest(MANY, "U0MAYA:2026-12-07:" + "m" * 12)):
        yield "the rest of a day", messages.rest_message(library, many, rest)
    yield "nothing of the rest", messages.rest_message(library, [], Rest())
    yield from _about_blockers(library, pilot, text)


def _review_lines(library: Library, review: Review, text: str) -> Iterator[Mrkdwn]:
    asked = ChangeRequest(
        id="e" * 16, workspace_id="T0", review_id=review.id, asked_by="U0PRIYA", asked_at=NOW,
        question=text[:1000].strip() or "x",
    )  # fmt: skip
    for kind in ReviewKind:
        about = review.model_copy(update={"kind": kind})
        for question in (None, asked):
            words = library.words(
                "nudges/review",
                review=about,
                since=NOW,
                question=question,
                to_stage=text[:40].strip() or "x",
                said=Mrkdwn("the promotion waits.") if question else None,
            )
            for block in REVIEW_WORDS:
                yield words.mrkdwn(block)


def _settled(
    library: Library, pilot: Pilot, review: Review, full: Body, lines: list[Line]
) -> Iterator[tuple[str, Body]]:
    ended = review.model_copy(update={"state": ReviewState.DECLINED, "decided_by": "U0PRIYA"})
    told = notice(pilot, MatterKind.QUIET, slot=SLOT, reply=Reply.SETTLED, replied_at=NOW)
    for block in [*(one.value for one in Reply), *OTHER_ENDS]:
        for link, who, until in ((None, None, None), (LINK, "U0PRIYA", date(2026, 12, 4))):
            words = library.words(
                "nudges/settled",
                pilot=pilot,
                notice=told,
                until=until,
                link=link,
                outcome=outcome_in_words(library, ended) if block == "over" and link else "",
                who=who,
            )
            said = words.mrkdwn(block, at_most=messages.LINE_SHOWN)
            over = [_over(one.mark, said) for one in lines]
            yield f"settled, {block}", messages.settled(library, full, over, Standing(0, ""))
    some = [_over(lines[0].mark, Mrkdwn("done"))]
    yield "settled in part", messages.settled(library, full, some, Standing(1, pilot.name))
    yield "settled in a channel", messages.settled(library, full, some, Standing(3, pilot.name, channel=True))


def _over(mark: str, said: Mrkdwn) -> Settled:
    return Settled(said, {line_block(mark)}, {controls_block(mark)})


def _about_blockers(library: Library, pilot: Pilot, text: str) -> Iterator[tuple[str, Body]]:
    found = blocker(pilot, text)
    yield "blocked", blocked_messages.asked_message(library, pilot, found)
    yield "blocked, under the card", blocked_messages.reported_message(library, pilot, found)
    for state in (BlockerState.SOLVED, BlockerState.DROPPED):
        for outcome in ("", text[:1000]):
            closed = blocker(pilot, text, state=state, closed_by="U0PRIYA", closed_at=NOW, outcome=outcome)
            yield "blocker closed", blocked_messages.closed_message(library, pilot, closed)
            yield "blocker closed, under the card", blocked_messages.outcome_message(library, pilot, closed)


def every_view(library: Library, pilot: Pilot, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    value = LineId("U0JONAS", SLOT, mark_of(notice(pilot, MatterKind.QUIET))).packed()
    today, found = NOW.date(), blocker(pilot, text)
    yield "snooze", forms.snooze_form(library, pilot, value)
    yield "mute", forms.mute_form(library, pilot, value, today, None)
    yield "mute a channel", forms.mute_form(library, pilot, value, today, "C0PILOTS")
    yield "blocked", forms.blocked_form(library, pilot, value, today)
    yield "solved", forms.solved_form(library, pilot, found)
    yield "not mine", forms.not_mine_form(library, pilot, found)
    yield "not me", forms.not_me_form(library, pilot)
    for count in (0, 1, 30):
        away = [
            Away(first=today + timedelta(days=n), last=today + timedelta(days=2 * n)) for n in range(count)
        ]
        yield "preferences", forms.preferences_form(library, HOURS, HOURS, away)
        yield "reminders on Home", _home(library, pilot, text, count)


def _home(library: Library, pilot: Pilot, text: str, count: int) -> dict[str, Any]:
    mutes = [
        (
            Mute(
                id=f"{n:016x}", workspace_id="T0", person_id="U0JONAS", pilot_id=pilot.id,
                reason=text[:1000].strip() or "x", muted_by="U0JONAS", since=NOW, until=date(2026, 12, 4),
            ),
            pilot,
        )
        for n in range(count)
    ]  # fmt: skip
    away = tuple(Away(first=NOW.date(), last=NOW.date() + timedelta(days=n)) for n in range(min(count, 20)))
    days = ((0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6), (0, 2))[count % 3]
    hours = HOURS.model_copy(update={"zone": text[:60] or "UTC", "days": days})
    said = Preference(workspace_id="T0", user_id="U0JONAS", away=away)
    parts = messages.reminders_section(library, said if count else None, hours, mutes)
    return {"type": "home", "blocks": parts}
