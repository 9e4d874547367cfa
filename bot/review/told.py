"""What is said about a review beside its card: in the pilot's thread, under the card, and in private.

Structure only; the words are in `prompts/review/`. Who hears of something is mentioned in it; everybody else is only named.
"""

from collections.abc import Iterable

from bot.domain.actions import Action
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.readiness import Verdict
from bot.domain.reviews import ChangeRequest, Vote
from bot.interview.controls import Offered
from bot.pilots.messages import ActionId as PilotActionId, stage_title
from bot.review import deciders
from bot.review.facts import CardFacts
from bot.review.messages import ActionId
from bot.slack import blocks
from prompts.library import Library
from prompts.words import Words

SAID = 2900
"""The longest paragraph; Slack takes 3,000 characters."""


def requested_message(library: Library, facts: CardFacts) -> Body:
    """Return the word in the thread that a promotion is before those who decide; after an emergency, that it is to be reviewed."""
    return _said(
        _words(library, "review/requested", facts, waiting=deciders.waiting_unpinged(facts)), "requested"
    )


def asked_privately(library: Library, facts: CardFacts) -> str:
    """Return what the requester is told where they asked: who decides, and where they will read of it."""
    return _words(library, "review/asked", facts, waiting=deciders.waiting(facts)).mrkdwn("said", SAID)


def vote_message(library: Library, facts: CardFacts, vote: Vote) -> Body:
    """Return the word in the thread that somebody has agreed or declined and more is needed; `facts` include the vote."""
    words = _words(
        library,
        "review/voted",
        facts,
        vote=vote,
        roles=deciders.seats_of(facts, vote.user_id),
        waiting=deciders.waiting_unpinged(facts),
    )
    return _said(words, "voted")


def taken_back_message(library: Library, facts: CardFacts, vote: Vote) -> Body:
    """Return the word in the thread that a vote counts no more, because its author took it back."""
    return _said(_words(library, "review/taken_back", facts, vote=vote), "taken-back")


def your_turn_message(library: Library, facts: CardFacts) -> Body:
    """Return the word under the card for those whose step has come, because the one before has agreed; they are mentioned."""
    return _said(_words(library, "review/your_turn", facts, waiting=deciders.waiting(facts)), "your-turn")


def asked_again_message(library: Library, facts: CardFacts, people: Iterable[str]) -> Body:
    """Return the word under the card for those who had voted on what has changed since; they are mentioned."""
    return _said(_words(library, "review/asked_again", facts, people=list(people)), "asked-again")


def question_message(library: Library, facts: CardFacts, question: ChangeRequest) -> Body:
    """Return a question that was handed back, for the thread: the requester answers it; settled, it says how it ended."""
    words = _words(library, "review/question", facts, question=question)
    row: list[Block] = []
    if question.state.value == "open" and facts.review.is_open:
        row = [
            blocks.button(words.plain("answer"), ActionId.ANSWER_CHANGE, question.id, style="primary"),
            blocks.button(words.plain("clear"), ActionId.CLEAR_CHANGE, question.id),
        ]
    return _said(words, "question", row)


def answered_message(library: Library, facts: CardFacts, question: ChangeRequest) -> Body:
    """Return the word for whoever asked that their question is answered, and that they can decide now."""
    return _said(_words(library, "review/answered", facts, question=question), "answered")


def outcome_message(library: Library, facts: CardFacts) -> Body:
    """Return what the requester hears in the thread, whatever the outcome."""
    return _said(_words(library, "review/outcome", facts, by=deciders.agreed(facts)), "outcome")


def promoted_message(library: Library, facts: CardFacts, link_to: str | None) -> Body:
    """Return the line in the pilot's own channel that it was promoted; who decided, and on what, is a click away."""
    words = _words(library, "review/promoted", facts, link_to=link_to)
    return blocks.message(words.mrkdwn("text"), [blocks.section(words.mrkdwn("said"), "promoted")])


def escalated_message(library: Library, facts: CardFacts) -> Body:
    """Return the word under the card for those who may step in, because others have not decided in time."""
    words = _words(
        library,
        "review/escalated",
        facts,
        fallback=deciders.fallback(facts),
        waiting=deciders.waiting_unpinged(facts),
    )
    return _said(words, "escalated")


def condition_message(library: Library, pilot: Pilot, action: Action) -> Body:
    """Return a condition in the thread, one message for ever: what, who, by when; then what shows that it is met."""
    words = library.words("review/condition", pilot=pilot, action=action)
    row: list[Block] = []
    if action.state.value == "open":
        row = [
            blocks.button(words.plain("done"), ActionId.CONDITION_DONE, action.id),
            blocks.button(words.plain("drop"), ActionId.CONDITION_DROP, action.id),
        ]
    return _said(words, "condition", row)


def condition_met_message(library: Library, pilot: Pilot, action: Action) -> Body:
    """Return the word for whoever set a condition that it is met, with what shows it."""
    return _said(library.words("review/condition_met", pilot=pilot, action=action), "condition-met")


def not_ready_message(library: Library, pilot: Pilot, verdict: Verdict) -> Body:
    """Return what whoever asks too early is told in private: what is in the way, and the two ways on."""
    gate = library.playbook.gate_from(pilot.stage)
    words = library.words(
        "review/not_ready",
        pilot=pilot,
        to_stage=stage_title(library, gate.to_stage) if gate else None,
        missing=[one.item.title for one in verdict.blocking],
    )
    row = [
        blocks.button(words.plain("coach"), PilotActionId.COACH, pilot.id, style="primary"),
        blocks.button(words.plain("ask_waiver"), Offered.ASK_WAIVER, pilot.id),
    ]
    return _said(words, "not-ready", row)


def _said(words: Words, block_id: str, row: Iterable[Block] = ()) -> Body:
    buttons = list(row)
    return blocks.message(
        words.mrkdwn("text"),
        [
            blocks.section(words.mrkdwn("body", SAID), block_id),
            blocks.actions(buttons, "actions") if buttons else None,
        ],
    )


def _words(library: Library, template: str, facts: CardFacts, **more: object) -> Words:
    review = facts.review
    return library.words(
        template,
        facts=facts,
        pilot=facts.pilot,
        review=review,
        from_stage=stage_title(library, review.from_stage),
        to_stage=stage_title(library, review.to_stage),
        **more,
    )
