"""The one direct message of a person and day, stated anew from everything that was claimed for it and from what is true now."""

from bot.desk import Desk
from bot.domain.nudges import Nudge
from bot.domain.pilots import Pilot
from bot.domain.readiness import Verdict
from bot.domain.reminders import Why
from bot.domain.reviews import Review
from bot.nudges import messages
from bot.nudges.messages import AwaitedLine, Line, QuietLine, Settled
from bot.pilots import workflow as pilots
from bot.review import reminding, workflow as reviews


def show(desk: Desk, person_id: str, slot: str) -> None:
    """State the message; what is most urgent comes first, and what is about one pilot stands together."""
    key = message_key(person_id, slot)
    desk.tx.messages.lock(desk.at.workspace_id, key)  # two answers at once must both be in it
    nudges = desk.tx.nudges.of_person(desk.at.workspace_id, person_id, slot)
    found = desk.tx.pilots.some(desk.at.workspace_id, {nudge.pilot_id for nudge in nudges})
    about: dict[str | None, Review] = {
        nudge.review_id: review
        for nudge in nudges
        if nudge.review_id and (review := desk.tx.reviews.get(desk.at.workspace_id, nudge.review_id))
    }
    ordered = messages.in_order(nudges, about)
    lines: list[Line] = []
    for nudge in ordered:
        pilot, review = found[nudge.pilot_id], about.get(nudge.review_id)
        spelt_out = (
            len(lines) < messages.LINES_SHOWN
        )  # a person may have thousands; the others are only counted
        if review:
            lines.append(_awaited(desk, nudge, pilot, review, spelt_out=spelt_out))
        elif nudge.review_id is None:
            lines.append(_quiet(desk, nudge, pilot, spelt_out=spelt_out))
    body = messages.day_message(desk.library, lines, desk.at.now)
    desk.tx.messages.show(desk.at.workspace_id, key, person_id, body, paced=True)


def message_key(person_id: str, slot: str) -> str:
    """Return the key of the one message that a person gets on a day."""
    return f"nudge:{person_id}:{slot}"


def _quiet(desk: Desk, nudge: Nudge, pilot: Pilot, *, spelt_out: bool) -> QuietLine:
    """Return a nudge, with how its pilot stands today: what was in place when it last moved may be old by now."""
    if not spelt_out:
        return QuietLine(nudge, pilot, Verdict(items=()))
    standing = pilots.standing_of(desk, pilot)
    leads_on = standing.gate is None or standing.gate.leads_on
    return QuietLine(nudge, pilot, standing.verdict, leads_on)


def _awaited(desk: Desk, nudge: Nudge, pilot: Pilot, review: Review, *, spelt_out: bool) -> AwaitedLine:
    """Return a review that waits for the person, or how that was settled."""
    if not spelt_out:
        over = nudge.reply is not None or not review.is_open
        return AwaitedLine(nudge, pilot, review, Why.VOTE, settled=Settled.OVER if over else None)
    card = desk.tx.messages.by_key(review.workspace_id, reviews.card_key(review.id))
    if nudge.reply is not None or not review.is_open:
        return AwaitedLine(nudge, pilot, review, Why.VOTE, settled=_settled(desk, nudge, review))
    now = reminding.awaits_now(desk, review)
    asked = now is not None and nudge.person_id in now.people
    why = now.why if now and asked else Why.VOTE
    question = now.questions[0] if now and why is Why.ANSWER and now.questions else None
    if question:
        link = reviews.link_to_question(desk, question)
        return AwaitedLine(nudge, pilot, review, why, link or desk.link_to(card), question)
    return AwaitedLine(nudge, pilot, review, why, desk.link_to(card))


def _settled(desk: Desk, nudge: Nudge, review: Review) -> Settled:
    if not review.is_open:
        return Settled.OVER
    votes = desk.tx.votes.of_review(review.id)
    if any(one.user_id == nudge.person_id and one.counts_for(review.snapshot_hash) for one in votes):
        return Settled.VOTED
    return Settled.NOT_NEEDED
