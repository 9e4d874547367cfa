"""In which order somebody reads what waits for them. Reads the rules of the playbook and nothing else."""

from collections.abc import Iterable

from bot.desk import Desk
from bot.domain.matters import MatterKind
from bot.domain.notices import Notice


def in_order(desk: Desk, notices: Iterable[Notice]) -> list[Notice]:
    """Return what is most urgent first, in a kind the oldest day; what is about one pilot stands together.

    The order is that of the rules. A review that no rule is about is told all the same, and first: others wait for it.
    """

    rules = desk.playbook.nudges

    def urgency(notice: Notice) -> tuple[int, str, str, int]:
        policy_alone = notice.kind is MatterKind.REVIEW and rules.rule(notice.kind) is None
        urgent = -1 if policy_alone else rules.urgency(notice.kind)
        return urgent, notice.day.isoformat(), notice.thing, -notice.rung

    waiting = list(notices)
    first: dict[str, tuple[int, str, str, int]] = {}
    for one in waiting:
        first[one.pilot_id] = min(first.get(one.pilot_id, urgency(one)), urgency(one))
    return sorted(waiting, key=lambda one: (first[one.pilot_id], one.pilot_id, urgency(one)))
