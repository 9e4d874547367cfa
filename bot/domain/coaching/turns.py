"""The second turn: what is asked once more, and how the second reply joins the first.

There is one follow-up and no third turn: whatever comes back is accepted, and stays marked when it cannot be checked.
"""

import re

from bot.domain.answers import Reading, Status
from bot.domain.coaching.chatter import opens_with_status
from bot.domain.coaching.phrases import folded
from bot.domain.coaching.reading import NOT_THERE, NOTHING_SHOWN, VAGUE
from bot.domain.coaching.reply import without_links
from bot.domain.playbook import Coaching, Item

_POINTER = re.compile(
    r"(?:@[\w.-]+|#[\w-]+|see|here|it is|it's|is|this|that|the|link|links|this one|and|also|sure|ok|okay|yes|thanks|hier|siehe|\W+)+"
)
_BARELY = 25
"""Characters within which a first reply that could not be checked says nothing that the second would not."""


def combine(first: Reading, second: Reading) -> Reading:
    """Return the answer after the one follow-up. Nothing of substance in either reply is lost."""
    evidence = tuple(dict.fromkeys(first.evidence + second.evidence))
    if second.status is Status.SKIPPED:
        # What is skipped is the follow-up; the answer itself was given.
        return first.model_copy(update={"evidence": evidence})
    status = _status(first, second)
    checkable = second.concern is None or (status is first.status and first.concern is None)
    concern = None if checkable else _remaining(first, second, status)
    if status in (Status.PARTLY, Status.NOT_YET) and status is not first.status:
        concern = None
    return Reading(status=status, detail=_detail(first, second), evidence=evidence, concern=concern)


def _status(first: Reading, second: Reading) -> Status:
    """A second reply that states another status wins; one that only explains leaves the first as it is."""
    if second.status is first.status or opens_with_status(second.detail):
        return second.status
    if first.status is Status.NOT_APPLICABLE:
        return first.status  # "it is a batch job" and "there is no live traffic" are reasons
    if second.status is Status.IN_PLACE and first.concern in (None, *NOT_THERE):
        explains = first.concern is None
        # "the platform team does it" explains a "not yet"; a plan does not become a fact by "should be fine"
        return first.status if explains or second.concern is not None else second.status
    return second.status


def _remaining(first: Reading, second: Reading, status: Status) -> str | None:
    if status is Status.NOT_APPLICABLE and first.status is status:
        # Any words given as the reason are one; only an empty or idle reply leaves it open.
        return first.concern if second.concern in (None, NOTHING_SHOWN, first.concern) else None
    return first.concern if status is first.status and first.concern else second.concern


def _detail(first: Reading, second: Reading) -> str:
    said, added = first.detail, second.detail
    if not added or added == said or (said and _only_points(added) and not _names(added)):
        return said
    if not said or (first.concern is not None and len(said) <= _BARELY and not _only_points(added)):
        return added
    names = without_links(added) if _only_points(added) else added
    return f"{said} · {' '.join(names.split())}"


def _only_points(detail: str) -> bool:
    """Whether a reply only points somewhere: links, mentions, "see here"."""
    return len(detail) < 1000 and _POINTER.fullmatch(folded(without_links(detail)) or " ") is not None


def _names(detail: str) -> bool:
    return re.search(r"(?<!\w)[@#]\w", without_links(detail)) is not None


def follow_up_for(reading: Reading, item: Item, coaching: Coaching) -> str | None:
    """Return the sentence to ask once more, or None when the answer can stand as it is."""
    if reading.concern is None:
        return None
    ask = coaching.ask(reading.concern)
    if item.follow_up and reading.concern in (VAGUE, NOTHING_SHOWN):
        ask = item.follow_up
    return ask.replace("{item}", item.title) if ask else None
