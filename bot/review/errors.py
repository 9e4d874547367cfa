"""What can be in the way of a review beyond the rights in `domain.review`. The docstrings are what people read."""

from bot.domain.errors import Refusal


class ReviewGone(Refusal):
    """This review does not exist any more, or the button is from another workspace. Request the promotion again."""


class ChangedSince(Refusal):
    """An answer has changed since this was requested, and the gate is not met any more: {missing}.

    Decline it, or ask the team to close that first.
    """
