"""What can be in the way of a review beyond the rights in `domain.review`. The docstrings are what people read."""

from bot.domain.errors import Refusal


class ReviewGone(Refusal):
    """This review does not exist any more, or the button is from another workspace. Request the promotion again."""


class ChangedSince(Refusal):
    """What was reviewed has changed since it was requested: {changed}. Ask {requester} to request the promotion again."""


class GateGone(Refusal):
    """The playbook no longer has the gate of this review. Request the promotion of {name} again."""
