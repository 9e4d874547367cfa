"""What can be in the way of a conversation. The docstrings are what people read."""

from bot.domain.errors import Refusal


class AlreadyOpen(Refusal):
    """The interview about {name} is already under way: {link}"""


class NothingAtThisGate(Refusal):
    """{name} is in {stage}, and nothing is asked from here on. `/pilot status {name}` shows where it stands."""


class AllHanded(Refusal):
    """All that is missing of {name} was put to {people}, and waits for their answers. Take a question back, beside its line, to answer it yourself."""


class QuestionSettled(Refusal):
    """This question was already answered, so your click changed nothing. Use Change beside the answer instead."""


class AskedAnew(Refusal):
    """This asks how it is now, so what was said last time cannot be confirmed. Please give today's figure or day; a sentence is enough."""


class AskedOnceMore(Refusal):
    """Your answer was taken, so this click changed nothing. One thing is asked about it once more; please answer that."""


class QuestionHanded(Refusal):
    """Somebody else was asked about this. Use Answer beside it to answer it yourself."""


class QuestionWaits(Refusal):
    """Another question of this interview is open, and this one comes again after it. Please answer that first."""


class AllConfirmed(Refusal):
    """All of this was confirmed or changed already, so your click changed nothing."""


class NothingPicked(Refusal):
    """Nothing was picked, so nothing changed."""


class PersonCannotAct(Refusal):
    """This account is deactivated or a bot, so nothing changed. Pick somebody who can act."""


class NothingBefore(Refusal):
    """There is no question before this one to go back to."""


class NotAsked(Refusal):
    """I do not know what to ask about `{words}`. Say `full`, `missing`, or one item: {items}."""


class QuestionGone(Refusal):
    """This question belongs to an interview that is over. Start another with `/pilot coach`."""


class MayNotAnswer(Refusal):
    """Guests and people of other workspaces cannot answer here. Ask somebody of the pilot's team."""


class ReasonForNotApplicable(Refusal):
    """Please say in a sentence why it does not apply, so that an approver can follow it."""


class ItemGone(Refusal):
    """The checklist no longer asks this, so there is nothing to change."""
