"""Every message and window about a review, for the tests that read all messages: each state, few people and many.

`CardFacts` are built from real parts: a real snapshot, a real tally.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.actions import Action, ActionState, condition_item
from bot.domain.answers import Answer, Status
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.policies import ApproverRole, Policy, PolicyStep, Procedure, Seat, Tier
from bot.domain.readiness import Verdict, verdict
from bot.domain.reviews import (
    Board,
    ChangeRequest,
    ChangeState,
    Choice,
    Condition,
    Resolved,
    Review,
    ReviewKind,
    ReviewState,
    Vote,
)
from bot.domain.snapshots import hash_of, snapshot
from bot.domain.voting import tally
from bot.domain.waivers import Waiver
from bot.review import card, details, forms, told
from bot.review.facts import CardFacts, Voice
from prompts.library import Library

from .waived import waiver_for

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
WORDS = "Alerts go to the rota, not to one person"
Answering = Callable[[str, Item, Status], Answer]

SECURITY = ApproverRole(id="security", title="security", group="security-reviewers")
RISK = ApproverRole(id="risk", title="risk", group="risk-office")
SPONSOR = ApproverRole(id="sponsor", title="sponsor", people=("U0DANA",))
ONE_STEP = Policy(
    id="two",
    title="two roles",
    steps=(PolicyStep(seats=(Seat(role="security"), Seat(role="risk"))),),
)
TWO_STEPS = Policy(
    id="three",
    title="three roles, in order",
    steps=(
        PolicyStep(seats=(Seat(role="security"), Seat(role="risk"))),
        PolicyStep(seats=(Seat(role="sponsor"),)),
    ),
)


def procedure(policy: Policy = TWO_STEPS) -> Procedure:
    """Return a policy with the roles of this file."""
    return Procedure(policy=policy, roles=(SECURITY, RISK, SPONSOR))


def board(title: str = "") -> Board:
    """Return who is in the roles; a title puts the same words on all of them."""
    return Board(
        roles=(
            Resolved(
                role="security",
                title=title[:60] or "security",
                people=frozenset({"U0PRIYA", "U0SAM"}),
                shown="<!subteam^S0GATE>",
                unpinged=title or "@security-reviewers",
            ),
            Resolved(
                role="risk",
                title=title[:60] or "risk",
                people=frozenset({"U0JONAS"}),
                shown="<!subteam^S0PAYMENTS>",
                unpinged=title or "@risk-office",
            ),
            Resolved(
                role="sponsor",
                title=title[:60] or "sponsor",
                people=frozenset({"U0DANA"}),
                shown="<@U0DANA>",
                unpinged=title or "Dana",
            ),
        )
    )


def vote_of(
    user_id: str,
    shown: str,
    choice: Choice = Choice.APPROVE,
    *,
    reason: str = "",
    conditions: Sequence[Condition] = (),
    at: datetime = NOW,
) -> Vote:
    """Return somebody's word on a snapshot."""
    return Vote(
        id=f"vote-{user_id}-{choice}",
        workspace_id="T0",
        review_id="b" * 32,
        user_id=user_id,
        choice=choice,
        reason=reason,
        conditions=tuple(conditions),
        snapshot_hash=shown,
        voted_at=at,
    )


def condition(text: str, due_on: date | None = None) -> Condition:
    return Condition(what=text[:500].strip() or "x", owner_id="U0JONAS", due_on=due_on or date(2026, 12, 3))


def action_for(
    text: str, state: ActionState = ActionState.OPEN, number: int = 0, due_on: date | None = None
) -> Action:
    """Return a condition of an approval."""
    return Action(
        id=f"{number:032x}",
        workspace_id="T0",
        pilot_id="0123456789abcdef",
        item_id=condition_item(str(number)),
        what=text[:500],
        owner_id=None if number % 3 == 2 else "U0JONAS",
        owner_said=text[:100] if number % 6 == 2 else "",
        due_on=due_on or NOW.date() + timedelta(days=number - 2),
        state=state,
        created_by="U0PRIYA",
        created_at=NOW,
        closed_by=None if state is ActionState.OPEN else "U0JONAS",
        closed_at=None if state is ActionState.OPEN else NOW,
        review_id="b" * 32,
        outcome="" if state is ActionState.OPEN else text[:1000],
    )


def question_in(text: str, state: ChangeState = ChangeState.OPEN) -> ChangeRequest:
    """Return what an approver asked."""
    return ChangeRequest(
        id="c" * 32,
        workspace_id="T0",
        review_id="b" * 32,
        asked_by="U0SAM",
        asked_at=NOW,
        question=text[:1000],
        state=state,
        reply=text[:3000] if state is ChangeState.ANSWERED else "",
        closed_by=None if state is ChangeState.OPEN else "U0MAYA",
        closed_at=None if state is ChangeState.OPEN else NOW,
    )


def review_of(
    pilot: Pilot,
    found: Verdict,
    state: ReviewState = ReviewState.OPEN,
    *,
    kind: ReviewKind = ReviewKind.PROMOTION,
    reason: str | None = None,
    **more: Any,
) -> Review:
    """Return a review of what is found."""
    frozen = snapshot(pilot, found, "v", procedure=procedure())
    decided = state is not ReviewState.OPEN
    return Review(
        id="b" * 32,
        workspace_id="T0",
        pilot_id=pilot.id,
        gate_id="readiness",
        from_stage="pilot",
        to_stage="shadow",
        state=state,
        requested_by="U0MAYA",
        requested_at=NOW,
        expires_at=NOW + timedelta(days=5),
        snapshot=frozen,
        snapshot_hash=hash_of(frozen),
        decided_by="U0PRIYA" if decided and state is not ReviewState.EXPIRED else None,
        decided_at=NOW if decided else None,
        reason=reason,
        kind=kind,
        board=board(),
        **more,
    )


def facts_of(
    review: Review,
    pilot: Pilot,
    votes: Sequence[Vote] = (),
    *,
    policy: Policy = TWO_STEPS,
    people: Board | None = None,
    **more: Any,
) -> CardFacts:
    """Return what the card of a review may say; `more` are facts that are not derived."""
    seated = people or board()
    counted = (
        tally(
            procedure(policy),
            seated,
            votes,
            {"U0MAYA"},
            snapshot_hash=review.snapshot_hash,
            escalated=review.escalated_at is not None,
        )
        if review.is_open
        else None
    )
    rest: dict[str, Any] = {
        "questions": (),
        "conditions": (),
        "since_last": (),
        "last": None,
        "missing": (),
        "short": (),
        "flags": (),
        "interview_link": "https://s.example/p1",
        "tier": None,
        "now": NOW,
    }
    return CardFacts(
        review=review,
        pilot=pilot,
        procedure=procedure(policy),
        tally=counted,
        board=seated,
        voices=tuple(Voice(vote, stale=vote.snapshot_hash != review.snapshot_hash) for vote in votes),
        **(rest | more),
    )


def ready(items: Sequence[Item], answering: Answering, text: str, waived: int = 0) -> Verdict:
    """Return a verdict with everything in place but some accepted risks."""
    answers = {item.id: answering(text, item, Status.IN_PLACE) for item in items[waived:]}
    waivers: dict[str, Waiver] = {
        item.id: waiver_for(item.id, text, number=n) for n, item in enumerate(items[:waived])
    }
    return verdict(
        items, answers, NOW, waived=waivers, reviewed={item.id: 3 for item in items[: len(items) // 2]}
    )


def every_message(
    library: Library, pilot: Pilot, items: tuple[Item, ...], answering: Answering, text: str
) -> Iterator[tuple[str, Body]]:
    """Return the card and the words beside it."""
    for facts in _all_facts(pilot, items, answering, text):
        yield "gate card", card.card_message(library, facts)
        yield "gate requested", told.requested_message(library, facts)
        yield "gate asked", {"text": told.asked_privately(library, facts), "blocks": []}
        yield "gate turn", told.your_turn_message(library, facts)
        yield "gate asked again", told.asked_again_message(library, facts, ["U0PRIYA", "U0JONAS"])
        yield "gate escalated", told.escalated_message(library, facts)
        for voice in facts.voices[:3]:
            yield "gate vote", told.vote_message(library, facts, voice.vote)
            yield "gate vote back", told.taken_back_message(library, facts, voice.vote)
        if not facts.review.is_open:
            yield "gate outcome", told.outcome_message(library, facts)
            for link in (None, "https://s.example/p1"):
                yield "gate promoted, in its channel", told.promoted_message(library, facts, link)
        for question in facts.questions:
            yield "gate question", told.question_message(library, facts, question)
    facts = facts_of(review_of(pilot, ready(items, answering, text)), pilot)
    for state in ChangeState:
        yield "gate question", told.question_message(library, facts, question_in(text, state))
    yield "gate answered", told.answered_message(library, facts, question_in(text, ChangeState.ANSWERED))
    for number, state in enumerate((*ActionState, ActionState.OPEN)):
        yield "condition", told.condition_message(library, pilot, action_for(text, state, number))
    done = action_for(text, ActionState.DONE)
    yield "condition met", told.condition_met_message(library, pilot, done)
    for count in (1, len(items)):
        none = verdict(items[:count], {}, NOW)
        yield "not ready", told.not_ready_message(library, pilot, none)


def _all_facts(pilot: Pilot, items: tuple[Item, ...], answering: Answering, text: str) -> Iterator[CardFacts]:
    """Yield reviews in every state, as empty and as full as they get."""
    mixed = {item.id: answering(text, item, list(Status)[n % 5]) for n, item in enumerate(items)}
    tier = Tier(id="high", title=text[:40].strip() or "x")
    for found in (
        ready(items, answering, text),
        ready(items, answering, text, 9),
        verdict(items, mixed, NOW),
    ):
        yield facts_of(review_of(pilot, found), pilot)
        for kind in ReviewKind:
            for state in ReviewState:
                yield _full(pilot, found, kind, state, text, tier)


def _full(
    pilot: Pilot, found: Verdict, kind: ReviewKind, state: ReviewState, text: str, tier: Tier
) -> CardFacts:
    changed = tuple(text[:60] or "x" for _ in range(9))
    reason = text[:1000] if state in {ReviewState.DECLINED, ReviewState.APPROVED} else None
    review = review_of(
        pilot, found, state, kind=kind, reason=reason, changed_at=NOW, changed=changed, escalated_at=NOW
    )
    now = review.snapshot_hash
    conditions = [condition(text) for _ in range(5)]
    votes = [
        vote_of("U0JONAS", "0" * 64, reason=text[:1000]),
        vote_of("U0PRIYA", now, reason=text[:1000], conditions=conditions),
        vote_of("U0SAM", now, Choice.DECLINE, reason=text[:1000]),
        *(vote_of(f"U0SEAT{n}", now, reason=text[:1000]) for n in range(12)),
    ]
    actions = tuple(
        action_for(text, list(ActionState)[n % 3] if state is ReviewState.APPROVED else ActionState.OPEN, n)
        for n in range(12)
    )
    return facts_of(
        review,
        pilot,
        votes,
        people=board(text),
        questions=(question_in(text),) * 1,
        conditions=actions,
        since_last=changed,
        last=review.model_copy(update={"state": ReviewState.DECLINED, "decided_at": NOW}),
        missing=changed,
        short=(text[:60] or "x", "security"),
        flags=changed,
        tier=tier,
        emergency=text[:1000],
        open_again_since=NOW,
    )


def every_view(
    library: Library, pilot: Pilot, items: tuple[Item, ...], answering: Answering, text: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the forms and the windows that show what was seen."""
    found = ready(items, answering, text, 2)
    review = review_of(pilot, found)
    facts = facts_of(review, pilot, [vote_of("U0PRIYA", review.snapshot_hash)])
    emergency = facts_of(review_of(pilot, found, kind=ReviewKind.BREAK_GLASS), pilot, emergency=text[:1000])
    yield "decline", forms.decline_form(library, facts)
    yield "not right", forms.decline_form(library, emergency)
    full = forms.Entered(what=text[:500], owner_id="U0JONAS", due_on=NOW.date())
    for rows in (1, 3, 5, 9):
        yield "conditions", forms.conditions_form(library, facts, rows, {1: full})
    yield "changes", forms.changes_form(library, facts)
    yield "changes", forms.changes_form(library, facts, question_in(text))
    yield "answer", forms.answer_form(library, facts, question_in(text))
    yield "confirm", forms.confirm_form(library, facts)
    yield "withdraw", forms.withdraw_form(library, facts)
    yield "condition done", forms.condition_done_form(library, action_for(text), pilot)
    yield "condition drop", forms.condition_drop_form(library, action_for(text), pilot)
    many = tuple(
        items[n % len(items)].model_copy(update={"id": f"item-{n}", "title": text[:60] or "x"})
        for n in range(60)
    )
    wide = review_of(pilot, ready(many, answering, text, 2))
    for page in (1, 3):
        yield (
            "details",
            details.details_view(library, facts_of(wide, pilot), wide.snapshot, wide.snapshot_hash, page),
        )
    yield "details", details.details_view(library, facts, review.snapshot, "0" * 12)
    bare = verdict(many, {}, NOW)
    before = snapshot(pilot.model_copy(update={"owner_id": "U0JONAS"}), bare, "v")
    last = review_of(pilot, bare, ReviewState.DECLINED)
    yield "changes", details.changes_view(library, facts_of(wide, pilot, last=last), before)
    yield "changes", details.changes_view(library, facts, before)
    yield "changes", details.changes_view(library, facts, review.snapshot)
    yield "changes", details.changes_view(library, facts, None)
