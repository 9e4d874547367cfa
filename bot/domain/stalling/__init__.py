"""Why a pilot stalls: each cause of the playbook that can be seen in what is known of it, how bad that is, and what shows it.

Items say which causes they guard against, so most is seen from what is open for too long (`left_open`); the rest has rules of
its own, by when it strikes: while nobody answers for it (`unowned`), while it stands still (`standing_still`), once it does
real work (`at_work`) and once its bills come (`costing`). A cause that the playbook does not have is never seen. Nothing here
reads, keeps or tells; the words of each reason are in `prompts/watching/why.j2`. What needs measurements cannot be seen here,
see docs/stalls.md.
"""

from bot.domain.stalling.causes import Cause, Reason, Seen
from bot.domain.stalling.finding import find, turns

__all__ = ["Cause", "Reason", "Seen", "find", "turns"]
