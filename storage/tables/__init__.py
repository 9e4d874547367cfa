"""The schema, and nothing but the schema: what is kept, what is unique, what is quick to find.

SQLModel classes do not validate and are never handed out; repositories read and write these tables with Core statements
and return frozen domain objects. A change here needs a migration: a test compares the two.

Conditions of partial indexes have names, because a query or an upsert must repeat them to use the index. Of the classes only
those are handed on that a benchmark drives through an ORM session, to compare.
"""

from storage.tables.conversations import (
    ACTION,
    ANSWER,
    ASK,
    ASKED_PERSON,
    CURRENT_ANSWER,
    INTERVIEW,
    OPEN_ACTION,
    OPEN_ASK,
    OPEN_INTERVIEW,
    PACE,
    PLAYBOOK,
    WRITTEN_ONCE,
    CurrentAnswerRow,
)
from storage.tables.delivery import (
    HEARTBEAT,
    LEASE,
    MESSAGE,
    METHOD_PAUSE,
    SEEN_DELIVERY,
)
from storage.tables.gate import (
    CHANGE_REQUEST,
    FLAG,
    OPEN_CHANGE,
    OPEN_REVIEW,
    RAISED_FLAG,
    REVIEW,
    REVIEW_SNAPSHOT,
    RUNNING_WAIVER,
    STANDING_VOTE,
    VOTE,
    WAIVER,
)
from storage.tables.notices import (
    ABSENCE,
    BLOCKER,
    DIGEST_DUE,
    MUTE,
    NOTICE,
    OPEN_BLOCKER,
    OPEN_NOTICE,
    PREFERENCE,
    RUNNING_MUTE,
    SNOOZE,
    UNTOLD_NOTICE,
)
from storage.tables.overview import (
    COUNTED,
    HOME,
    RAISED_SIGNAL,
    SIGNAL,
    TALLY,
)
from storage.tables.pilots import (
    HANDOVER,
    PERSON,
    PILOT,
    PROPOSED_HANDOVER,
    STAGE_MOVE,
    WORKSPACE,
    PilotRow,
)
from storage.tables.record import (
    AUDIT,
    AUDIT_COUNT,
    AUDIT_FACTS,
)
from storage.tables.schema import metadata

__all__ = [
    "ABSENCE",
    "ACTION",
    "ANSWER",
    "ASK",
    "ASKED_PERSON",
    "AUDIT",
    "AUDIT_COUNT",
    "AUDIT_FACTS",
    "BLOCKER",
    "CHANGE_REQUEST",
    "COUNTED",
    "CURRENT_ANSWER",
    "DIGEST_DUE",
    "FLAG",
    "HANDOVER",
    "HEARTBEAT",
    "HOME",
    "INTERVIEW",
    "LEASE",
    "MESSAGE",
    "METHOD_PAUSE",
    "MUTE",
    "NOTICE",
    "OPEN_ACTION",
    "OPEN_ASK",
    "OPEN_BLOCKER",
    "OPEN_CHANGE",
    "OPEN_INTERVIEW",
    "OPEN_NOTICE",
    "OPEN_REVIEW",
    "PACE",
    "PERSON",
    "PILOT",
    "PLAYBOOK",
    "PREFERENCE",
    "PROPOSED_HANDOVER",
    "RAISED_FLAG",
    "RAISED_SIGNAL",
    "REVIEW",
    "REVIEW_SNAPSHOT",
    "RUNNING_MUTE",
    "RUNNING_WAIVER",
    "SEEN_DELIVERY",
    "SIGNAL",
    "SNOOZE",
    "STAGE_MOVE",
    "STANDING_VOTE",
    "TALLY",
    "UNTOLD_NOTICE",
    "VOTE",
    "WAIVER",
    "WORKSPACE",
    "WRITTEN_ONCE",
    "CurrentAnswerRow",
    "PilotRow",
    "metadata",
]
