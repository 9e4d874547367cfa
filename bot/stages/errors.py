"""What can be in the way of moving a pilot between its stages. The docstrings are what people read."""

from bot.domain.errors import Refusal
from bot.pilots.errors import FieldRefusal


class WhyEmpty(FieldRefusal):
    """Please say in a sentence why, so that nobody has to ask."""


class LearnedEmpty(FieldRefusal):
    """Please say in a sentence what was learned, so that nobody has to find it out again."""


class NotForRollback(Refusal):
    """Only {who} can roll {name} back. Ask one of them; it takes them a minute."""


class GroupUnclear(Refusal):
    """Slack did not say just now who is in {who}, so nothing was changed. Please try again in a minute."""


class NothingBehind(Refusal):
    """{name} has been in no earlier stage, so there is none to go back to. `/pilot hold {name}` stops it for a while, `/pilot retire {name}` for good."""


class NeverThere(FieldRefusal):
    """It has never been in that stage, so it cannot go back there. Close this form and open it again."""


class DayNeeded(FieldRefusal):
    """Choose the day on which it goes on."""


class DayOutOfReach(FieldRefusal):
    """Choose a day from tomorrow on, and within half a year: {first} to {last}."""


class NothingToDecide(Refusal):
    """{name} has its time in its stage: there is no day of decision to put off."""


class ExtendedMeanwhile(Refusal):
    """Somebody was quicker: {name} is to be decided by {day} now. Nothing was changed by your click."""


class DecisionDayNeeded(FieldRefusal):
    """Choose the day by which it is to be decided."""


class DecisionDayOutOfReach(FieldRefusal):
    """Choose a later day than now, and at most ninety days from today: {first} to {last}."""


class FarEnough(FieldRefusal):
    """It is to be decided by {day}, and ninety days from today is as far as it goes. Nothing has to be put off yet."""


class HeldMeanwhile(Refusal):
    """Somebody was quicker: {name} is on hold until {day}. Nothing was changed by your click."""


class NotOnHold(Refusal):
    """{name} is not on hold, so there is nothing to resume."""


class NotRetired(Refusal):
    """{name} is not retired: it is in {stage}. Nothing was changed."""


class NoneRetired(Refusal):
    """No pilot here was ever retired, so there is none to revive."""


class NoSuchRetired(Refusal):
    """I could not find a retired pilot called *{name}*. {hint}"""


class NameGone(Refusal):
    """Another pilot is called {name} by now. Retire that one first, or register this one anew under another name with `/pilot new`."""


class NoBreakGlass(Refusal):
    """The policy of this gate lets nobody promote in an emergency. `/pilot promote {name}` asks those who decide it."""


class NotForBreakGlass(Refusal):
    """Only {who} can promote {name} in an emergency. `/pilot promote {name}` asks those who decide the gate."""


class NameNotTyped(FieldRefusal):
    """Please type the name of the pilot as it stands above."""


class WaitsOnPurpose(Refusal):
    """{name} is on hold until {day}. `/pilot resume {name}` lets it go on first."""


class NoSuchStage(Refusal):
    """There is no stage called *{stage}*. {hint}"""


class BigJump(Refusal):
    """{name} goes one stage at a time, and after {present} comes {next}: `/pilot promote {name} to {next}` asks for it."""


class AlreadyThere(Refusal):
    """{name} is in {stage} already."""


class FurtherAlready(Refusal):
    """{name} is further already: it is in {present}. `/pilot rollback {name}` goes back."""
