"""From words, or a button, to a reading: status, the whole of the words, links, value, plan, and why it could not be checked.

What is stated is believed: an opening "yes" or "not yet" is never overruled. Words that state nothing are a fact, unless
they deny or plan; a plan is not in place, and a value that was asked for is. Only what claims to be in place has to be
checkable; of what is not, only who does what by when is asked.
"""

import re
from collections.abc import Mapping

from bot.domain.answers import Reading, Status
from bot.domain.coaching.chatter import is_question
from bot.domain.coaching.choosing import is_a_choice
from bot.domain.coaching.concerns import (
    NO_REASON,
    NOT_THERE,
    NOTHING_SHOWN,
    PLAN,
    VAGUE,
    asks_for_plans,
    concern_of,
    known,
    of_a_status,
    speaks_of_later,
)
from bot.domain.coaching.days import Aim
from bot.domain.coaching.ear import UNHEARD, Ear
from bot.domain.coaching.heard import Said
from bot.domain.coaching.phrases import folded
from bot.domain.coaching.plans import plan_in, rest_of, says_only_who_and_when
from bot.domain.coaching.red_flags import turned_round
from bot.domain.coaching.reply import Reply, reply_of, without_links
from bot.domain.coaching.signs import ENOUGH, signs_of
from bot.domain.coaching.status import Stated, stated
from bot.domain.coaching.values import NOTHING_HEARD, WITHOUT_VALUE, Heard, Words, aim_of, value_in
from bot.domain.people import is_group
from bot.domain.playbook import AnswerKind, Coaching, Item
from bot.domain.text import NOBODY, mentioned

_READ = 4000
"""Characters that are read for meaning; all are kept."""
_ROUGHLY = re.compile(
    r"\A(?:\W{0,20}(?:almost|nearly|mostly|more or less|some|fast|half|about|never more than"
    r"|(?:no|not) (?:more|later|less|fewer|earlier|before|after)(?: than)?"
    r"|nicht (?:mehr|später|vor|nach)(?: als)?|next)\b)+\s*"
)
"""What stands before a value and says how exact it is; it would state a status if nothing followed."""
_CHOSEN = frozenset({AnswerKind.CHOICE, AnswerKind.CHOICES})
NOT_DONE = frozenset({Status.PARTLY, Status.NOT_YET})
TO_COME = frozenset({AnswerKind.DATE, AnswerKind.PERSON, AnswerKind.GROUP})
"""Kinds whose value in "not yet, Ana will by 12 Dec" is the plan's and not the answer's."""


def read(
    words: str, item: Item, coaching: Coaching, *, names: Mapping[str, str] = NOBODY, ear: Ear = UNHEARD
) -> Reading:
    """Return what a reply says about an item. Never fails; the detail holds all visible words.

    `names` are those of the mentioned people and groups by id, so that the detail shows them as the thread does; `ear` says
    who speaks, where and when. `undertaking` is who and when the words name, for `combine`.
    """
    reply = reply_of(words, names)
    if not reply.detail:
        return Reading(status=Status.SKIPPED, detail="", concern=known(NOTHING_SHOWN, coaching))
    said = _said(words, reply, item, ear)
    told, heard = _told(said, reply, coaching)
    value = heard.value
    plan = plan_in(words[:_READ], rest_of(reply.detail, told.rest), _words_of(item), ear)
    status, concern = _judge(told, said._replace(value=value, meanings=heard.meanings, plan=plan), coaching)
    return Reading(
        status=status,
        detail=reply.detail,
        evidence=reply.links,
        concern=known(concern, coaching),
        value=value if _holds_value(status, item) else None,
        plan=plan if status in NOT_DONE else None,
        undertaking=plan,
    )


def read_button(status: Status, item: Item, coaching: Coaching) -> Reading:
    """Return what a button says: a status and no words, so nothing that could be checked.

    The status is the button's meaning and not its label: on a red flag the button that reads "No" comes as `IN_PLACE`.
    """
    said = Said(item=item, ear=UNHEARD, text="", plain="", signs=signs_of(""))
    concern = NOTHING_SHOWN if status is Status.IN_PLACE else of_a_status(status, said, coaching)
    return Reading(status=status, detail="", concern=known(concern, coaching))


def _said(words: str, reply: Reply, item: Item, ear: Ear) -> Said:
    seen = reply.detail[:_READ]
    plain = without_links(seen)
    ids = mentioned(words)
    return Said(
        item=item,
        ear=ear,
        text=folded(plain),
        plain=plain,
        signs=signs_of(seen, known=item.title)._replace(link=bool(reply.links)),
        people=tuple(one for one in ids if not is_group(one)),
        groups=tuple(one for one in ids if is_group(one)),
    )


def _words_of(item: Item) -> frozenset[str]:
    return frozenset(folded(item.title).split())


def _holds_value(status: Status, item: Item) -> bool:
    return status is Status.IN_PLACE or (status is Status.PARTLY and item.kind not in TO_COME)


def _told(said: Said, reply: Reply, coaching: Coaching) -> tuple[Stated, Heard]:
    """Return the status that the words state, and the value beside it that was asked for."""
    told = stated(said.text, coaching.status_words)
    if said.item.red_flag:
        told = turned_round(told, said.text, said.item)
    if said.item.kind in WITHOUT_VALUE:
        return _in_words(told, said), NOTHING_HEARD
    if is_a_choice(said.text, said.item) and (chosen := _value(said.text, said, reply)).value:
        return Stated(Status.IN_PLACE, True, ""), chosen
    exact = _ROUGHLY.sub("", said.text, count=1)
    if exact != said.text and (heard := _value(said.text, said, reply)).value:
        return stated(exact, coaching.status_words), heard
    if told.outright:
        gives = told.status in (Status.IN_PLACE, Status.PARTLY)
        return told, _value(told.rest, said, reply) if gives else NOTHING_HEARD
    return _beside(told, _value(said.text, said, reply), said, coaching)


def _in_words(told: Stated, said: Said) -> Stated:
    """Return the status of words that no value stands for.

    Who is asked to describe something tells of what is missing there ("customers get no answer for days"), and a name beside a
    day that is still to come is a plan ("by 12 Dec, Jonas").
    """
    if told.outright:
        return told
    if said.item.kind is AnswerKind.TEXT and told.status is not None:
        describes = said.signs.substance >= ENOUGH and not _STILL.search(said.text)
        return Stated(None, False, said.text) if describes else told
    return told


_STILL = re.compile(r"\b(?:yet|so far|noch|tbd|encore|todavía|aún)\b|まだ|还没|아직")


def _value(text: str, said: Said, reply: Reply) -> Heard:
    words = Words(text=text, people=said.people, groups=said.groups, links=reply.links)
    return value_in(words, said.item, said.ear)


def _beside(told: Stated, heard: Heard, said: Said, coaching: Coaching) -> tuple[Stated, Heard]:
    """A value outweighs what the words only imply, but neither a denial nor a plan for what should have happened."""
    value = heard.value
    if value is None:
        return told, heard
    portion = told.status is Status.PARTLY and value.kind is AnswerKind.PERCENTAGE
    chosen = told.status is Status.NOT_YET and value.kind in _CHOSEN  # "not this one, that one"
    if told.status is Status.NOT_APPLICABLE or portion or chosen:
        return Stated(None, False, said.text), heard
    still_to_come = value.on is not None and said.ear.today is not None and value.on > said.ear.today
    if still_to_come and aim_of(said.item) is Aim.BEHIND and speaks_of_later(said.text, coaching):
        return told, NOTHING_HEARD
    return told, heard


def only_plans(said: Said) -> bool:
    """Whether words name a day by which something happens, at most somebody beside it, and nothing that is there."""
    plan, today = said.plan, said.ear.today
    if plan is None or plan.by is None or plan.what or today is None or said.value is not None:
        return False
    if said.signs.link or not says_only_who_and_when(said.plain, plan, said.ear):
        return False
    return plan.by != today


def _judge(told: Stated, said: Said, coaching: Coaching) -> tuple[Status, str | None]:
    if told.status is Status.NOT_APPLICABLE:
        reason = said.signs.link or signs_of(told.rest, known=said.item.title).substance > 0
        return told.status, None if reason else NO_REASON
    if told.status not in (None, Status.IN_PLACE):
        return told.status, of_a_status(told.status, said, coaching)
    if not told.outright and is_question(said.text):
        return Status.NOT_YET, VAGUE
    if told.status is None and only_plans(said):
        return Status.NOT_YET, of_a_status(Status.NOT_YET, said, coaching)
    concern = concern_of(told.rest, said, coaching)
    if concern not in NOT_THERE or said.value is not None:
        return Status.IN_PLACE, concern
    settled = said.signs.settles_a_plan
    if told.outright:
        return Status.IN_PLACE, None if settled else concern
    if asks_for_plans(coaching) and (settled or concern == PLAN):
        return Status.NOT_YET, of_a_status(Status.NOT_YET, said, coaching)
    return Status.NOT_YET, None if settled else concern
