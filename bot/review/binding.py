"""An open review shows what is true now: a material change freezes it anew, and asks again those who had voted.

Who is to be reminded of it is looked at anew, too: perhaps somebody else is awaited now. A reaction to every change of a pilot,
so the usual case, in which nothing is under review, costs one small query.
"""

from bot.desk import Desk
from bot.domain import snapshots
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.policies import Procedure
from bot.domain.reviews import Review, ReviewKind
from bot.pilots import workflow as pilots
from bot.review import messages, reminding, told, workflow
from bot.review.facts import card_facts


def follow(desk: Desk, pilot_id: str) -> None:
    """Bring what is under review about a pilot up to date, and have the reminders of it looked at in the next minute."""
    for review in desk.tx.reviews.all_open_of(pilot_id):
        _follow(desk, review)
        reminding.put_off(desk, review.id, desk.at.now)


def look_again(desk: Desk, review_id: str) -> None:
    """Do the same for what time alone has changed, when somebody has come across it; where nothing has, nothing is done."""
    review = desk.tx.reviews.get(desk.at.workspace_id, review_id)
    if review is None:
        return
    desk.tx.pilots.lock(review.workspace_id, review.pilot_id)
    for one in desk.tx.reviews.all_open_of(review.pilot_id):
        if _follow(desk, one):
            reminding.put_off(desk, one.id, desk.at.now)


def _follow(desk: Desk, review: Review) -> bool:
    """Freeze anew what has changed about a promotion; return whether anything had."""
    if review.kind is not ReviewKind.PROMOTION or desk.at.now >= review.expires_at:
        return False
    pilot, gate = pilots.get(desk, review.pilot_id), desk.playbook.gate(review.gate_id)
    if gate is None or pilot.stage != review.from_stage:
        return False
    procedure = desk.playbook.procedure(gate, pilot.tier)
    if procedure is None:
        return False
    frozen_anew = _freeze_anew(desk, review, pilot, gate, procedure)
    if not frozen_anew:
        workflow.show_card(desk, review)  # what is not material may show all the same
    return frozen_anew


def _freeze_anew(desk: Desk, review: Review, pilot: Pilot, gate: Gate, procedure: Procedure) -> bool:
    """Freeze what is reviewed as it is now, if that matters; return whether it did."""
    frozen = snapshots.snapshot(
        pilot,
        pilots.verdict_before(desk, pilot, gate),
        desk.playbook.version,
        procedure=procedure,
        conditions=desk.tx.actions.conditions_of_pilot(pilot.id),
        number=snapshots.number_of(review.snapshot) + 1,
    )
    changed = snapshots.material_changes(review.snapshot, frozen, procedure.policy.material)
    if not changed:
        return False
    voted = [one for one in desk.tx.votes.of_review(review.id) if one.counts_for(review.snapshot_hash)]
    earlier = () if voted else review.changed  # nobody has looked at the last change yet: both are news
    told_of = list(dict.fromkeys([*earlier, *changed]))
    hash_now = snapshots.hash_of(frozen)
    if not desk.tx.reviews.freeze_anew(review.id, frozen, hash_now, told_of, desk.at.now):
        return False
    facts = {"review": review.id, "titles": changed, "snapshot": hash_now, "ready": frozen["ready"]}
    before = {"snapshot": review.snapshot_hash}
    desk.tx.audit.append(desk.at, "review.changed", "pilot", pilot.id, before, facts)
    review = workflow.get(desk, review.id)
    workflow.show_card(desk, review)
    if voted:
        people = dict.fromkeys(one.user_id for one in voted)
        body = told.asked_again_message(desk.library, card_facts(desk, review), people)
        workflow.tell_board(desk, review, f"again:{hash_now[: messages.MARK]}", body)
    return True
