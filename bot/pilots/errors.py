"""What can be wrong with a pilot's registration, or with naming a pilot. The docstrings are what people read."""

from collections.abc import Iterable

from bot.domain.errors import Refusal


class FieldRefusal(Refusal):
    """Please look at this field again."""

    def __init__(self, field: str, **facts: str) -> None:
        self.field = field
        super().__init__(**facts)


class FieldsRefused(Exception):  # noqa: N818 - refusals, each at its field
    """Everything that is wrong with a form."""

    def __init__(self, fields: Iterable[FieldRefusal]) -> None:
        self.fields = tuple(fields)
        super().__init__(", ".join(one.field for one in self.fields))


class FieldEmpty(FieldRefusal):
    """Please fill this in."""


class TooLong(FieldRefusal):
    """Please keep this under {limit} characters."""


class NoSuchStart(FieldRefusal):
    """A pilot begins in one of the stages listed here; it goes further one gate at a time."""


class NoSuchTier(FieldRefusal):
    """Choose one of the entries of this list."""


class NameTaken(FieldRefusal):
    """There is already a pilot called {name}. Choose another name, or continue that one with `/pilot coach {name}`."""


class NotANumber(FieldRefusal):
    """Please give a plain number, such as 60 or 4.2, or 1,234.5 as you write it; the unit has its own field."""


class TwoMeanings(FieldRefusal):
    """{given} could mean {whole} or {fraction}. Please write it one of these two ways."""


class BarIsBaseline(FieldRefusal):
    """The bar equals the baseline, so nothing would have to improve. What figure would be good enough?"""


class PersonGone(FieldRefusal):
    """This account is deactivated. Choose somebody who can act."""


class PersonIsBot(FieldRefusal):
    """A bot cannot be accountable. Choose a person."""


class GuestCannotOwn(FieldRefusal):
    """Guests cannot take this on. Choose a full member of the workspace."""


class OneOwner(FieldRefusal):
    """Choose either a person or a user group as production owner, not both."""


class NoOwner(FieldRefusal):
    """Name who will be accountable when it breaks: a person here, or a user group below."""


class NotInChannel(FieldRefusal):
    """Preflight is not in that channel yet. Type /invite @Preflight there, then submit this form again."""


class ChannelUnclear(FieldRefusal):
    """Slack did not say just now whether Preflight is in that channel. Please submit once more."""


class ChannelArchived(FieldRefusal):
    """That channel is archived. Choose one that people still read."""


class NoSuchPilot(Refusal):
    """I could not find a pilot called *{name}*. {hint}"""


class WhichPilot(Refusal):
    """Which pilot do you mean: {names}? Add its name, for example /pilot {command} {example}"""


class NoPilotsYet(Refusal):
    """There is no pilot here yet. Register the first one with `/pilot new`."""


class PilotGone(Refusal):
    """This pilot does not exist any more, or the button is from another workspace. `/pilot list` shows those that do."""


class PilotRetired(Refusal):
    """{name} is retired, so there is nothing to do here any more. `/pilot revive {name}` brings it back."""


class OnHold(Refusal):
    """{name} is on hold until {day}, so nobody is reminded of it anyway. `/pilot resume {name}` lets it go on before."""


class StageMoved(Refusal):
    """Somebody was quicker: {name} is in {stage} now. Nothing was changed by your click."""


class NotYours(Refusal):
    """Only {who} can do that for {name}. Ask one of them."""


class OnlyMembers(Refusal):
    """Guests and people of other workspaces can look at pilots, but not register or change them. Ask a member of the workspace."""


class NotKnownYet(Refusal):
    """Slack did not say who you are just now, so nothing was changed. Please try again in a minute."""
