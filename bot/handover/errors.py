"""What can be in the way of handing a pilot over, and of accepting it. The docstrings are what people read."""

from bot.domain.errors import Refusal
from bot.pilots.errors import FieldRefusal


class HandoverGone(Refusal):
    """This question is no longer there, or the button is from another workspace."""


class NotAsked(Refusal):
    """This was put to {who}, so only they can answer it."""


class NotOfTheGroup(Refusal):
    """This was put to {who}, and Slack does not count you among them just now. One of its members can answer."""


class GroupSilent(Refusal):
    """Slack did not say just now who is in {who}, so nothing was changed. Please try again in a minute."""


class CannotOwn(Refusal):
    """Guests, bots and people of other workspaces cannot take a pilot on. A full member of this workspace can."""


class AcceptedBefore(Refusal):
    """{who} has accepted this before you, so nothing is left to do."""


class DeclinedBefore(Refusal):
    """{who} has declined this before you. Whoever runs {name} can ask again with Hand over."""


class AnsweredBefore(Refusal):
    """You have answered this already, so nothing was changed by your click."""


class NotAskedAnyMore(Refusal):
    """You are not asked to own {name} any more, so nothing is left to do."""


class OwnsIt(FieldRefusal):
    """{name} has accepted and owns it already. Choose somebody else, or close this form."""


class GroupUnclear(FieldRefusal):
    """Slack did not say just now who is in that group. Please submit once more, or choose a person."""


class NoSuchGroup(FieldRefusal):
    """Slack knows no such user group any more. Choose another one, or a person."""


class GroupEmpty(FieldRefusal):
    """Nobody is in that group, so nobody could accept. Choose another one, or a person."""


class RunbookNeeded(FieldRefusal):
    """Give the address of the runbook. It begins with https://"""


class ContactNeeded(FieldRefusal):
    """Say who is called when it breaks: choose a person here, or use one of the two fields below."""


class OneContact(FieldRefusal):
    """Choose either a person or a user group, not both."""


class ContactCannotAct(FieldRefusal):
    """Choose somebody who can act: a full member of this workspace whose account is active."""


class ReviewDayNeeded(FieldRefusal):
    """Choose the day of your first look at how it runs."""


class ReviewOutOfReach(FieldRefusal):
    """Choose a day from tomorrow on, and within a year: {first} to {last}."""


class WhyNot(FieldRefusal):
    """Please say in a sentence why, so that the team can find somebody who fits."""
