"""From words, or a button, to a reading: status, the whole of the words, links, and why they could not be checked.

What is stated is believed: an opening "yes" or "not yet" is never overruled. Words that state nothing are a fact, unless
they deny or plan; a plan is not in place. Only what claims to be in place has to be checkable.
"""

import re
from collections.abc import Mapping

from bot.domain.answers import Reading, Status
from bot.domain.coaching.chatter import is_question
from bot.domain.coaching.denial import is_conditional
from bot.domain.coaching.ear import UNHEARD, Ear
from bot.domain.coaching.phrases import any_of, consumed, folded
from bot.domain.coaching.reply import reply_of, without_links
from bot.domain.coaching.signs import ENOUGH, MUCH, Signs, signs_of
from bot.domain.coaching.status import FILLER, stated
from bot.domain.playbook import Coaching, Concern, Item
from bot.domain.text import NOBODY

PLAN, TO_BE_DECIDED = "plan", "to_be_decided"
NOTHING_SHOWN, VAGUE, NO_REASON = "nothing_shown", "vague", "no_reason"
NOT_THERE = frozenset({PLAN, TO_BE_DECIDED})
"""Concerns that say of themselves that the thing is not in place."""
_READ = 4000
"""Characters that are read for meaning; all are kept."""
_BRIEF = 120
"""Characters within which a reply may be made of phrases that say nothing."""
_BREAK = re.compile(r"[.;!?,:](?=\s)|\b(?:and|but|und|aber)\b")
_LEADING_UP = re.compile(r"\W*(?:after|before|once|until|by|on|in|from|with|for|as soon as|nach|ab)\b")


def read(
    words: str, item: Item, coaching: Coaching, *, names: Mapping[str, str] = NOBODY, ear: Ear = UNHEARD
) -> Reading:
    """Return what a reply says about an item. Never fails; the detail holds all visible words.

    `names` are those of the mentioned people and groups by id, so that the detail shows them as the thread does.
    """
    del ear  # until values are read
    reply = reply_of(words, names)
    if not reply.detail:
        return Reading(status=Status.SKIPPED, detail="", concern=_known(NOTHING_SHOWN, coaching))
    status, concern = _judge(reply.detail[:_READ], item, coaching, linked=bool(reply.links))
    return Reading(
        status=status, detail=reply.detail, evidence=reply.links, concern=_known(concern, coaching)
    )


def read_button(status: Status, item: Item, coaching: Coaching) -> Reading:
    """Return what a button says: a status and no words, so nothing that could be checked."""
    del item  # every item's button says the same; the signature is that of `read`
    concern = NOTHING_SHOWN if status is Status.IN_PLACE else None
    return Reading(status=status, detail="", concern=_known(concern, coaching))


def _known(concern: str | None, coaching: Coaching) -> str | None:
    """A concern that a playbook leaves out is not raised."""
    return concern if concern is not None and coaching.ask(concern) is not None else None


def _judge(seen: str, item: Item, coaching: Coaching, *, linked: bool) -> tuple[Status, str | None]:
    text = folded(without_links(seen))
    signs = signs_of(seen, known=item.title)._replace(link=linked)
    said = stated(text, coaching.status_words)
    if said.status is Status.NOT_APPLICABLE:
        reason = signs.link or signs_of(said.rest, known=item.title).substance > 0
        return said.status, None if reason else NO_REASON
    if said.status not in (None, Status.IN_PLACE):
        return said.status, None
    if not said.outright and is_question(text):
        return Status.NOT_YET, VAGUE
    concern = _concern(said.rest, signs, coaching)
    if concern in NOT_THERE and not said.outright:
        return Status.NOT_YET, None if signs.settles_a_plan else concern
    return Status.IN_PLACE, None if concern in NOT_THERE and signs.settles_a_plan else concern


def _concern(rest: str, signs: Signs, coaching: Coaching) -> str | None:
    """Return why words that claim something to be in place cannot be checked."""
    alone = _says_only(rest, coaching.concerns)
    if alone is not None and not signs.link:
        return alone
    later = [
        c for c in coaching.concerns if c.id in NOT_THERE and _holds(c, rest) and not _fact_before(c, rest)
    ]
    if later and not is_conditional(rest):
        return later[0].id
    if signs.strong:
        return None
    soft = next((c.id for c in coaching.concerns if c.id not in NOT_THERE and _holds(c, rest)), None)
    if soft is not None:
        return None if signs.substance >= MUCH else soft
    if rest.endswith("?"):
        return VAGUE
    return None if signs.substance >= ENOUGH else NOTHING_SHOWN


def _says_only(rest: str, concerns: tuple[Concern, ...]) -> str | None:
    """Return the concern whose phrases are all that is said ("soon, the team"), or None when more is said."""
    used = consumed(rest, [*(any_of(c.only) for c in concerns), FILLER]) if len(rest) < _BRIEF else None
    named = [concerns[index].id for index in used or () if index < len(concerns)]
    return next((concern for concern in named if concern != NOTHING_SHOWN), named[0] if named else None)


def _holds(concern: Concern, text: str) -> bool:
    return any_of(concern.phrases).search(text) is not None


def _fact_before(concern: Concern, text: str) -> bool:
    """Whether a plan only follows a fact: "alerts go to the on-call phone, and next quarter we add cost"."""
    found = any_of(concern.phrases).search(text)
    breaks = [b.start() for b in _BREAK.finditer(text, 0, found.start())] if found else []
    before = text[: breaks[-1]] if breaks else ""
    return signs_of(before).substance >= ENOUGH and not _LEADING_UP.match(before)
