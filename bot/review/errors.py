"""What can be in the way of a review beyond the rights in `domain.review`. The docstrings are what people read."""

from bot.domain.errors import Refusal
from bot.pilots.errors import FieldRefusal


class ReviewGone(Refusal):
    """This review does not exist any more, or the button is from another workspace. Request the promotion again."""


class ChangedSince(Refusal):
    """What you were looking at has changed since: {changed}. The card shows it as it is now."""


class NotReadyNow(Refusal):
    """This cannot be approved now, because it is not in place any more: {missing}. The request stays open; decide when it is back."""


class GateGone(Refusal):
    """The playbook no longer has the gate of this review. Request the promotion of {name} again."""


class CouldNotCheck(Refusal):
    """Slack did not say who may decide this just now, so nothing was changed. Please try again in a minute."""


class NothingToDecide(Refusal):
    """There is nothing to approve here: this is upkeep, and the pilot stays in its stage."""


class OnlyTheRequester(Refusal):
    """Only {requester} asked for this promotion, so nobody else can withdraw it. You can decline it, or hand back a question."""


class OtherName(FieldRefusal):
    """That is not the name of the pilot. Type it as it stands above, so that it is clear what you approve."""


class QuestionNeeded(FieldRefusal):
    """Say in a sentence what you need to know, or to see changed."""


class ReplyNeeded(FieldRefusal):
    """Please answer in a sentence or two."""


class QuestionGone(Refusal):
    """This question does not exist any more, or the button is from another workspace. The card shows how it stands."""


class QuestionClosed(Refusal):
    """This question is settled already. The card shows how it stands."""


class NotYourQuestion(Refusal):
    """Only {who} can answer this, because they speak for the pilot. Tell them what you know."""


class NotYoursToTakeBack(Refusal):
    """Only {who} can take this question back, because they asked it."""


class ConditionNeeded(FieldRefusal):
    """Say what has to be done."""


class ConditionOwnerNeeded(FieldRefusal):
    """Choose who sees to it."""


class ConditionOwnerUnfit(FieldRefusal):
    """Choose somebody who can act: a full member of this workspace whose account is active."""


class ConditionDayNeeded(FieldRefusal):
    """Choose the day by which it is done."""


class ConditionDayOutOfReach(FieldRefusal):
    """Choose a day from today on, and within a year: {first} to {last}."""


class ConditionGone(Refusal):
    """This condition does not exist any more, or the button is from another workspace."""


class ConditionClosed(Refusal):
    """This condition is settled already: {outcome}. Nothing was changed."""


class NotYourCondition(Refusal):
    """Only {who} can say that this is done. Ask one of them."""


class MayNotDrop(Refusal):
    """Only those who decide this gate can drop a condition, and nobody drops one of their own: {who}."""


class ConditionWords(FieldRefusal):
    """Please say in a sentence what shows it, or why it is not needed any more."""
