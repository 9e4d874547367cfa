"""What can be in the way of asking somebody else, and of answering. The docstrings are what people read."""

from bot.domain.errors import Refusal
from bot.pilots.errors import FieldRefusal


class NobodyChosen(FieldRefusal):
    """Choose a person here, or a user group below."""


class OneOfThem(FieldRefusal):
    """Choose either a person or a user group, not both."""


class Yourself(FieldRefusal):
    """That is you. Answer the question yourself, or choose somebody else."""


class NobodyKnown(FieldRefusal):
    """Slack does not say who that is just now. Choose somebody else, or try again in a minute."""


class HasLeft(FieldRefusal):
    """This account is deactivated. Choose somebody who can answer."""


class IsBot(FieldRefusal):
    """A bot cannot answer this. Choose a person."""


class IsGuest(FieldRefusal):
    """Guests and people of other workspaces cannot answer here. Choose a member of this workspace."""


class NobodyInGroup(FieldRefusal):
    """There is nobody in this group who could answer besides you. Choose another group, or a person."""


class GroupUnclear(FieldRefusal):
    """Slack did not say just now who is in that group. Please submit once more, or choose a person."""


class AskedAlready(FieldRefusal):
    """{name} was asked about this on {day} and has not answered yet. Take that question back first, or wait for the answer."""


class MayNotAsk(Refusal):
    """Guests and people of other workspaces cannot ask for answers here. Somebody of the pilot's team can."""


class QuestionGone(Refusal):
    """The checklist no longer asks this, so there is nothing to ask about."""


class AskGone(Refusal):
    """This question is no longer there, or the button is from another workspace."""


class AnsweredBy(Refusal):
    """{who} answered this before you, so yours was not taken. It can be changed in the thread of {name}."""


class AnsweredAlready(Refusal):
    """You answered this already. Change, beside the answer, opens it again."""


class NothingToLeave(Refusal):
    """Nothing more is asked about this answer, so there is nothing to leave as it is."""


class ChangedSince(Refusal):
    """{who} has changed the answer since, so your reply was not added. It can be changed in the thread of {name}."""


class TakenBack(Refusal):
    """{who} took this question back, so nothing is left to do."""


class NoLongerAsked(Refusal):
    """This question about {name} is no longer asked, so nothing is left to do."""


class HandedBack(Refusal):
    """You handed this question back, so it is not yours any more. Answer it in the thread of {name} if you do know."""


class NotAsked(Refusal):
    """This question was put to {who}, so only they can answer it here."""


class NotYours(Refusal):
    """Only {who} can take this question back."""
