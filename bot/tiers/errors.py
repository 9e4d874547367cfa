"""What can be in the way of changing a pilot's tier. The docstrings are what people read."""

from bot.domain.errors import Refusal
from bot.pilots.errors import FieldRefusal


class OneTier(Refusal):
    """The playbook makes no difference between pilots here, so there is nothing to choose for {name}."""


class SameTier(FieldRefusal):
    """That is what it is now. Choose another entry, or close this form."""


class TierReason(FieldRefusal):
    """Please say in a sentence what makes the difference; those who approve read it."""
