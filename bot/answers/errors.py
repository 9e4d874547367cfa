"""What can be wrong with an answer that somebody writes or changes. The docstrings are what people read."""

from bot.domain.errors import Refusal
from bot.pilots.errors import FieldRefusal


class StatusMissing(FieldRefusal):
    """Please say how it stands."""


class FigureMissing(FieldRefusal):
    """Please give the figure, or choose another status."""


class NotAFigure(FieldRefusal):
    """Please give a plain figure, such as 60 or 4.2."""


class CurrencyMissing(FieldRefusal):
    """Please choose the currency."""


class DayMissing(FieldRefusal):
    """Please choose the day, or choose another status."""


class NoSuchDay(FieldRefusal):
    """There is no such day. Please choose one from the calendar."""


class AddressMissing(FieldRefusal):
    """Please give the address, or choose another status."""


class PersonMissing(FieldRefusal):
    """Please choose the person, or choose another status."""


class GroupMissing(FieldRefusal):
    """Please choose the group, or choose another status."""


class ChoiceMissing(FieldRefusal):
    """Please choose what fits, or choose another status."""


class ChoiceGone(FieldRefusal):
    """The playbook no longer offers one of these. Open the form again to see what it offers now."""


class WordsMissing(FieldRefusal):
    """Please say it in a sentence, or choose another status."""


class ReasonMissing(FieldRefusal):
    """Please say in a sentence why it does not apply, so that an approver can follow it."""


class NoAddress(FieldRefusal):
    """“{given}” is no web address. Give one address on each line; each begins with https://"""


class TooManyAddresses(FieldRefusal):
    """That is more than {most} addresses. Keep the ones that somebody would open to check it."""


class DayIsOver(FieldRefusal):
    """That day is over. Choose one that still lies ahead."""


class PersonCannotAct(FieldRefusal):
    """This account is deactivated or a bot. Choose somebody who can act."""


class NothingPlanned(FieldRefusal):
    """Please say who takes the next step, or by when."""


class NotAnsweredYet(Refusal):
    """There is no answer to this yet. Answer it first; links can be given in the same form."""


class NoHistoryYet(Refusal):
    """There is no answer to this yet, so there is no history either."""


class AnsweredSince(Refusal):
    """This answer was changed since, so the question about the deleted message has gone. Nothing was changed by your click."""


class MessageHasNothing(Refusal):
    """This message has neither words nor a file that could be used. Choose another one."""


class OwnMessage(Refusal):
    """This is a message of mine. Use one that somebody of the team has written."""


class UsedAlready(FieldRefusal):
    """This message is already the answer to “{title}”. Change that answer, or choose another question."""


class LinkedAlready(FieldRefusal):
    """This message is already among the evidence of “{title}”. Choose another question, or close this form."""


class NoPilotForMessage(Refusal):
    """There is no pilot yet that this could belong to. Register the first one with `/pilot new`."""


class PilotMissing(FieldRefusal):
    """Please choose the pilot; its questions then appear below."""


class ItemMissing(FieldRefusal):
    """Please choose the question that this belongs to."""
