"""What can be in the way of taking a pilot on, or of passing it on. The docstrings are what people read."""

from bot.domain.errors import Refusal
from bot.pilots.errors import FieldRefusal


class CannotClaim(Refusal):
    """Guests, bots and people of other workspaces cannot take a pilot on. A full member of this workspace can."""


class ClaimUnknown(Refusal):
    """This button is from an earlier version of Preflight, or from another workspace. `/pilot list` shows what there is now."""


class NobodyIsMissed(Refusal):
    """{who} looks after {name} as before, so nothing is left to take on."""


class ChampionFound(Refusal):
    """{who} was quicker and champions {name} now. Nothing was changed by your click."""


class OwnerFound(Refusal):
    """{who} was quicker and owns {name} now. Nothing was changed by your click."""


class OwnerAsked(Refusal):
    """{who} is asked to own {name} already, and has not answered yet. Whoever runs it can ask you instead with Hand over."""


class ChampionAlready(Refusal):
    """You champion {name} already, so nothing is left to do."""


class OwnerAlready(Refusal):
    """You own {name} already, so nothing is left to do."""


class NotPassedToYou(Refusal):
    """This was put to somebody else, so only they can answer it."""


class PassedBefore(Refusal):
    """This is settled: {who} champions {name} now. Nothing was changed by your click."""


class AnsweredBefore(Refusal):
    """You have answered this already, so nothing was changed by your click."""


class OnlyTheChampion(Refusal):
    """Only {who}, who champions {name}, can pass that on. The production owner is handed over with Hand over."""


class ChampionCannotAct(FieldRefusal):
    """Choose somebody who can act: a full member of this workspace whose account is active."""


class SameChampion(FieldRefusal):
    """Choose somebody else than yourself: you champion it already."""
