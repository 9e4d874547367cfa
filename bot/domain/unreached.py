"""Answers that should say who decides or who hears, and name nobody in Slack: "Anna Weber from Finance" can be asked nothing.

Pure. Such an answer is taken as it is; it is only said, where it is written and where the status says what comes next.
"""

from collections.abc import Mapping

from bot.domain.answers import Answer, Status
from bot.domain.playbook import AnswerKind, Item, Playbook
from bot.domain.policies import Procedure

_NAMES = frozenset({AnswerKind.PERSON, AnswerKind.GROUP})
_CLAIMS = frozenset({Status.IN_PLACE, Status.PARTLY})


def reaches_nobody(playbook: Playbook, item: Item, answer: Answer) -> bool:
    """Whether an answer that somebody is looked up by names nobody who can be asked."""
    looked_up = {playbook.nudges.knows.sponsor, *(role.item for role in playbook.roles)}
    return item.id in looked_up and _names_nobody(item, answer)


def unreached(
    playbook: Playbook, procedure: Procedure | None, answers: Mapping[str, Answer]
) -> tuple[Item, ...]:
    """Return the items whose answers name nobody, of those that say who decides the next gate, and who sponsors the pilot."""
    deciding = [procedure.role(one) for one in procedure.policy.roles] if procedure else []
    ids = [playbook.nudges.knows.sponsor, *(role.item for role in deciding if role)]
    items = (playbook.item(one) for one in dict.fromkeys(ids) if one)
    return tuple(one for one in items if one and one.id in answers and _names_nobody(one, answers[one.id]))


def _names_nobody(item: Item, answer: Answer) -> bool:
    named = answer.value.ids if answer.value else ()
    return item.kind in _NAMES and answer.status in _CLAIMS and not named
