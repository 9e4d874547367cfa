"""Who may not decide about a pilot whatever roles they have: whoever asks, its champion, who alone answered for it, and whom the
policy never lets decide. What the words of all others amount to is in `domain.voting`.
"""

from collections.abc import Iterable, Sequence, Set as AbstractSet

from bot.domain.answers import SETTLED, Answer, Status
from bot.domain.policies import Procedure


def barred(
    procedure: Procedure, *, requested_by: str, champion_id: str, alone: AbstractSet[str]
) -> frozenset[str]:
    """Return who may not decide whatever roles they have; `alone` are those who alone answered a critical item.

    Who is listed as never deciding stays barred also where people may approve what is their own.
    """
    own = frozenset() if procedure.policy.self_approval else {requested_by, champion_id} | alone
    return frozenset(procedure.policy.never) | own


def lone_answerers(
    history: Iterable[Answer], item_ids: AbstractSet[str], naming: AbstractSet[str] = frozenset()
) -> frozenset[str]:
    """Return who alone has answered one of the items; passing one over is no answer.

    Of what is settled now, that is who alone has said so: somebody else's "not yet" of long ago vouches for nothing. Of
    the items that are `naming` those who decide, it is who alone has named these.
    """
    by_item: dict[str, list[Answer]] = {}
    for answer in history:
        if answer.item_id in item_ids | naming and answer.status is not Status.SKIPPED:
            by_item.setdefault(answer.item_id, []).append(answer)
    each = (_vouching(answers, named=item_id in naming) for item_id, answers in by_item.items())
    return frozenset(next(iter(people)) for people in each if len(people) == 1)


def _vouching(answers: Sequence[Answer], *, named: bool) -> AbstractSet[str]:
    newest = max(answers, key=lambda one: one.revision)
    return {
        one.answered_by
        for one in answers
        if (newest.status not in SETTLED or one.status is newest.status)
        and (not named or one.value == newest.value)
    }
