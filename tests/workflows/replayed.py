"""What became of a pilot, told twice: by the record alone, entry by entry, and by the tables that everybody reads.

The two have to agree at any time. Nothing of the code under test is asked what an entry means; it is spelled out here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from storage.audit import AuditEntry
from storage.transaction import Tx

Moved = tuple[str, str | None, str, str]
"""Why, from where, to where, by whom."""

MOVES = {
    "pilot.registered": "registered",
    "review.approved": "promoted",
    "pilot.break_glass": "break_glass",
    "pilot.rolled_back": "rolled_back",
    "pilot.retired": "retired",
    "pilot.revived": "revived",
}
ENDS = {f"review.{end}": end for end in ("approved", "declined", "withdrawn", "expired")}


@dataclass
class Story:
    """All that counts about a pilot."""

    stage: str = ""
    owner: tuple[str, bool] = ("", False)
    """Who owns it, and whether they accepted."""
    hold: tuple[str, str] | None = None
    """Until when, and why."""
    moves: list[Moved] = field(default_factory=list)
    reviews: dict[str, tuple[str, str | None, str, bool]] = field(default_factory=dict)
    """By id: how it stands, who decided that, the snapshot, and whether the fallback was called."""
    votes: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    """Those not taken back, by id: the review, who, what they said, and about which snapshot."""
    questions: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By id: the review, and how the question stands."""
    conditions: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By id: how it stands, and who agreed on it."""
    handovers: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By id: to whom, and how it stands."""
    flags: set[tuple[str, str]] = field(default_factory=set)
    """Those raised: kind and subject."""


def by_the_record(entries: Iterable[AuditEntry]) -> Story:
    """Tell a pilot's story from its entries, in their order, and from nothing else."""
    told = Story()
    for entry in entries:
        before, after = entry.before or {}, entry.after or {}
        _stage(told, entry, before, after)
        if entry.what.startswith("review."):
            _review(told, entry, after)
        if entry.what.startswith("condition."):
            _condition(told, entry, after)
        if entry.what.startswith("handover."):
            _handover(told, entry, before, after)
        _flags(told, entry, before, after)
    return told


def by_the_tables(tx: Tx, workspace_id: str, pilot_id: str) -> Story:
    """Tell the same from how things stand."""
    pilot = tx.pilots.get(workspace_id, pilot_id)
    assert pilot
    reviews = tx.reviews.of_pilot(pilot_id)
    actions = tx.actions.conditions_of_pilot(pilot_id, open_only=False)
    return Story(
        stage=pilot.stage,
        owner=(pilot.owner_id, pilot.owner_accepted_at is not None),
        hold=(pilot.hold.until.isoformat(), pilot.hold.reason) if pilot.hold else None,
        moves=[(m.kind.value, m.from_stage, m.to_stage, m.by) for m in tx.moves.of_pilot(pilot_id)],
        reviews={r.id: (r.state.value, r.decided_by, r.snapshot_hash, bool(r.escalated_at)) for r in reviews},
        votes={
            v.id: (v.review_id, v.user_id, v.choice.value, v.snapshot_hash)
            for r in reviews
            for v in tx.votes.of_review(r.id)
            if v.withdrawn_at is None
        },
        questions={c.id: (r.id, c.state.value) for r in reviews for c in tx.changes.of_review(r.id)},
        conditions={a.id: (a.state.value, a.created_by) for a in actions},
        handovers={h.id: (h.to_id, h.state.value) for h in tx.handovers.of_pilot(pilot_id)},
        flags={(f.kind.value, f.subject) for f in tx.flags.raised_of(pilot_id)},
    )


def _stage(told: Story, entry: AuditEntry, before: dict[str, Any], after: dict[str, Any]) -> None:
    if entry.what in MOVES and "stage" in after:
        told.moves.append((MOVES[entry.what], before.get("stage"), after["stage"], entry.actor_id))
        told.stage = after["stage"]
    if entry.what == "pilot.registered":
        told.owner = (after["owner_id"], False)
    elif entry.what == "pilot.held":
        told.hold = (after["until"], after["reason"])
    elif entry.what in {"pilot.resumed", "pilot.retired"}:
        told.hold = None


def _review(told: Story, entry: AuditEntry, after: dict[str, Any]) -> None:
    if entry.what == "review.refused":
        return
    review_id = after["review"]
    if entry.what == "review.requested":
        told.reviews[review_id] = ("open", None, after["snapshot"], False)
        return
    state, by, snapshot, called = told.reviews[review_id]
    assert state == "open", f"{entry.what} of a review that was {state}"
    if "vote" in after and "choice" in after:
        said = (review_id, entry.actor_id, after["choice"], after["snapshot"])
        told.votes.setdefault(after["vote"], said)
    if entry.what in ENDS:
        by = None if ENDS[entry.what] == "expired" else entry.actor_id
        if "vote" in after:  # it may be somebody else's than that of the click that settled it
            by = told.votes[after["vote"]][1]
        told.reviews[review_id] = (ENDS[entry.what], by, snapshot, called)
        assert snapshot == after["snapshot"]
        told.questions = {
            one: (of, "taken_back" if of == review_id and state == "open" else state)
            for one, (of, state) in told.questions.items()
        }
    elif entry.what == "review.changed":
        told.reviews[review_id] = (state, by, after["snapshot"], called)
    elif entry.what == "review.escalated":
        told.reviews[review_id] = (state, by, snapshot, True)
    elif entry.what == "review.vote_withdrawn":
        del told.votes[after["vote"]]
    elif entry.what.startswith("review.changes_"):
        step = entry.what.removeprefix("review.changes_")
        told.questions[after["change"]] = (review_id, "open" if step == "requested" else step)


def _condition(told: Story, entry: AuditEntry, after: dict[str, Any]) -> None:
    if entry.what == "condition.agreed":
        told.conditions[after["action"]] = ("open", after["set_by"])
    else:
        assert told.conditions[after["action"]][0] == "open"
        told.conditions[after["action"]] = (after["state"], told.conditions[after["action"]][1])


def _handover(told: Story, entry: AuditEntry, before: dict[str, Any], after: dict[str, Any]) -> None:
    if entry.what == "handover.superseded":
        told.handovers[before["handover"]] = (before["to"], "superseded")
        return
    told.handovers[after["handover"]] = (after["to"], entry.what.removeprefix("handover."))
    if entry.what == "handover.accepted":
        told.owner = (after["to"], True)
    elif entry.what == "handover.proposed" and not told.owner[1]:
        told.owner = (after["to"], False)


def _flags(told: Story, entry: AuditEntry, before: dict[str, Any], after: dict[str, Any]) -> None:
    if entry.what == "pilot.reopened":
        told.flags |= {(one["kind"], one["subject"]) for one in after["flags"]}
    elif entry.what == "pilot.mended":
        told.flags -= {(one["kind"], one["subject"]) for one in before["flags"]}
