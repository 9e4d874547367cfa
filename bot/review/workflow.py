"""What every step of a review starts from: the review itself, the gate that it is about, and where it shows.

Asking for a promotion is in `requesting`, deciding in `deciding`, and what ends a review in `concluding`.
"""

from bot.desk import Desk
from bot.domain import review as rules
from bot.domain.errors import Refusal
from bot.domain.messages import Body, OutboundMessage
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.policies import Procedure
from bot.domain.reviews import Board, ChangeRequest, Review
from bot.interview import shown
from bot.pilots import workflow as pilots
from bot.pilots.messages import stage_title
from bot.review import ballot, card, errors, messages
from bot.review.facts import card_facts
from prompts.english import mid_sentence


def gate_before(desk: Desk, pilot_id: str) -> tuple[Pilot, Gate]:
    """Return the gate that a pilot stands before, for the listener that resolves its board."""
    pilot = pilots.get_running(desk, pilot_id)
    gate = desk.playbook.gate_from(pilot.stage)
    if gate is None or not gate.leads_on:
        raise _nowhere_to_go(desk, pilot)
    return pilot, gate


def gate_of(desk: Desk, review_id: str) -> tuple[Pilot, Gate]:
    """Return the gate that a review is about."""
    review = get(desk, review_id)
    pilot, gate = pilots.get(desk, review.pilot_id), desk.playbook.gate(review.gate_id)
    if gate is None:
        raise errors.GateGone(name=pilot.name)
    return pilot, gate


def procedure_of(desk: Desk, pilot: Pilot, gate: Gate) -> Procedure:
    """Return how a gate is decided for a pilot; upkeep is not."""
    procedure = desk.playbook.procedure(gate, pilot.tier)
    if procedure is None:
        raise errors.NothingToDecide
    return procedure


def deciders_of(desk: Desk, review_id: str) -> tuple[Pilot, Procedure]:
    """Return how a review is decided, for the listener that resolves its board."""
    pilot, _ = gate_of(desk, review_id)
    procedure = ballot.procedure_of(desk, get(desk, review_id), pilot)
    if procedure is None:
        raise errors.NothingToDecide
    return pilot, procedure


def get(desk: Desk, review_id: str) -> Review:
    """Return a review of this workspace; a forged or old id is refused."""
    review = desk.tx.reviews.get(desk.at.workspace_id, review_id)
    if review is None:
        raise errors.ReviewGone
    return review


def get_open(desk: Desk, review_id: str) -> Review:
    """Return a review that can still be decided; the refusal that says how it ended otherwise."""
    review = get(desk, review_id)
    if not review.is_open:
        raise rules.AlreadyDecided(outcome=messages.outcome_in_words(desk.library, review))
    if desk.at.now >= review.expires_at:
        raise rules.TimeIsOver(requester=mention(review.requested_by))
    return review


def lock_open(desk: Desk, review_id: str) -> Review:
    """Return the same, and keep everybody else from changing it or its pilot until the transaction ends."""
    desk.tx.pilots.lock(desk.at.workspace_id, get(desk, review_id).pilot_id)  # the pilot first, as everywhere
    desk.tx.reviews.lock(desk.at.workspace_id, review_id)
    return get_open(desk, review_id)


def show_card(desk: Desk, review: Review, board: Board | None = None) -> None:
    """State what the one card in the gate channel says."""
    facts = card_facts(desk, review, board)
    desk.tx.messages.show(
        review.workspace_id,
        card_key(review.id),
        desk.rooms.review or facts.pilot.channel_id,
        card.card_message(desk.library, facts),
    )


def card_key(review_id: str) -> str:
    """Return the key of the one card that a review has for ever."""
    return f"review:{review_id}:card"


def question_key(review_id: str, change_id: str) -> str:
    """Return the key of the one message that a question is in the thread, for ever."""
    return f"review:{review_id}:question:{change_id}"


def link_to_question(desk: Desk, question: ChangeRequest) -> str | None:
    """Return the address of a question in its thread; None while Slack does not have it."""
    key = question_key(question.review_id, question.id)
    said = desk.tx.messages.by_key(question.workspace_id, key)
    above = desk.tx.messages.get(said.under) if said and said.under else None
    return desk.link_to(said, thread_ts=above.slack_ts if above else None)


def tell_thread(desk: Desk, review: Review, pilot: Pilot, what: str, body: Body) -> None:
    """Say something in the thread that the request came from, or under the pilot's card where there was no interview."""
    held = desk.tx.interviews.get(review.workspace_id, review.interview_id) if review.interview_id else None
    root = shown.root_of(desk, held) if held else None
    above = root or desk.tx.messages.by_key(review.workspace_id, pilots.card_key(pilot.id))
    _say(desk, review, what, pilot.channel_id, body, above)


def tell_board(desk: Desk, review: Review, what: str, body: Body) -> None:
    """Say something under the review's card, where those who decide are."""
    above = desk.tx.messages.by_key(review.workspace_id, card_key(review.id))
    if above:
        _say(desk, review, what, above.channel_id, body, above)


def _say(
    desk: Desk, review: Review, what: str, channel_id: str, body: Body, above: OutboundMessage | None
) -> None:
    desk.tx.messages.show(
        review.workspace_id,
        f"review:{review.id}:{what}",
        channel_id,
        body,
        under=above.id if above else None,
    )


def _nowhere_to_go(desk: Desk, pilot: Pilot) -> Refusal:
    """Return why there is no promotion to ask for: the end of the way, or a stage that the playbook has lost."""
    if desk.playbook.stage(pilot.stage) is None:
        return rules.StageGone(name=pilot.name, stage=pilot.stage)
    return rules.NoNextStage(name=pilot.name, stage=mid_sentence(stage_title(desk.library, pilot.stage)))
