"""What can be in the way of a waiver beyond the rights in `domain.waiving`. The docstrings are what people read."""

from bot.domain.errors import Refusal
from bot.pilots.errors import FieldRefusal


class WaiverGone(Refusal):
    """This waiver does not exist any more, or the button is from another workspace. `/pilot waivers` shows those that do."""


class NothingToWaive(Refusal):
    """Nothing keeps {name} from its next stage, so there is nothing to ask a waiver for."""


class AllAskedFor(Refusal):
    """A waiver is already asked for everything that keeps {name} back. You will read in its thread what was decided."""


class AlreadyDecided(Refusal):
    """This was already decided: {outcome}. Nothing was changed by your click."""


class TimeIsOver(Refusal):
    """The day until which this was asked for has come, so there is nothing left to decide. Ask for a new waiver if it is still needed."""


class NotNeededAnyMore(Refusal):
    """Nothing of what this was asked for is missing any more, so there is nothing to grant. You can refuse it with that reason."""


class HoldsNoMore(Refusal):
    """There is nothing left to revoke here: {outcome}. Nothing was changed by your click."""


class WhyRefused(FieldRefusal):
    """Please say in a sentence why, so that the team knows what to do instead."""


class WhyRevoked(FieldRefusal):
    """Please say in a sentence why, so that the team knows what has changed."""


class ReasonNeeded(FieldRefusal):
    """Please say why it can go on without this for now, and what keeps the risk small."""


class ChooseItems(FieldRefusal):
    """Choose what the waiver is for."""


class NotMissing(FieldRefusal):
    """This keeps the pilot back no more: {titles}. Close this form and open it again to see what is still missing."""


class AskedMeanwhile(FieldRefusal):
    """Somebody has asked for this meanwhile: {titles}. Take it out of your choice."""


class UntilNeeded(FieldRefusal):
    """Choose the day on which the waiver ends."""


class UntilOutOfReach(FieldRefusal):
    """Choose a day from tomorrow on, and within a year: {first} to {last}."""


class GateGone(Refusal):
    """The playbook no longer has the gate that this was asked for, so nobody can decide it. Ask for a new waiver."""
