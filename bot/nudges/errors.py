"""What can be in the way of answering a reminder. The docstrings are what people read."""

from bot.domain.errors import Refusal
from bot.pilots.errors import FieldRefusal


class LineGone(Refusal):
    """This reminder is from an earlier version of Preflight. `/pilot mine` shows what awaits you now."""


class NotYourReminder(Refusal):
    """This reminder went to somebody else. `/pilot mine` shows what awaits you."""


class Answered(Refusal):
    """This is settled already, so nothing was changed. `/pilot mine` shows what awaits you now."""


class MutedAlready(Refusal):
    """{name} is muted here already, until {day}. Your reminders on Preflight's Home tab let you change that."""


class NotMuted(Refusal):
    """That pilot is not muted any more, so there is nothing to change."""


class OnlyOwnMutes(Refusal):
    """Only whoever muted a pilot for themselves can end that."""


class WhyEmpty(FieldRefusal):
    """Please say in a sentence why, so that nobody has to ask."""


class WhatEmpty(FieldRefusal):
    """Please say in a sentence what is in the way, so that somebody can clear it."""


class HowEmpty(FieldRefusal):
    """Please say in a sentence how it was solved, so that the team can go on."""


class DayNeeded(FieldRefusal):
    """Choose a day."""


class DayOutOfReach(FieldRefusal):
    """Choose a day from {first} to {last}."""


class ChoiceNeeded(FieldRefusal):
    """Choose one of these."""


class ByNobody(FieldRefusal):
    """Choose who can do something about it."""


class ByYourself(FieldRefusal):
    """That is you. Choose somebody else who can help, or snooze the reminder."""


class BlockerGone(Refusal):
    """That is not in the way any more, so there is nothing to do."""


class NotYoursToClear(Refusal):
    """Only {who} can say that about {name}."""


class HoursTurned(FieldRefusal):
    """This is earlier than the beginning. Choose a later hour."""


class NoDays(FieldRefusal):
    """Choose at least one day of the week."""


class AwayTurned(FieldRefusal):
    """This is before the first day."""


class AwayHalf(FieldRefusal):
    """Choose both the first and the last day."""


class AwayOver(FieldRefusal):
    """These days are over already. Choose days that lie ahead."""


class AwayTooFar(FieldRefusal):
    """Choose a last day until {last}, so that a slip in the year keeps nothing from you."""


class AwayTooMany(FieldRefusal):
    """There are {most} already. Take one away above to make room."""
