"""What waits for somebody about a pilot, found anew from what is known of it, and who that somebody is.

A matter is there as soon as its day can be told, also while that day lies ahead; when anybody hears of it is the ladder's
business. Nothing here reads, tells, or keeps anything. `owed` and `whole` find the matters, `silence` says that nothing
moves where none of them says it better, `hearers` knows who is told.
"""

from bot.domain.noticing.finding import find, turns
from bot.domain.noticing.hearers import answers_for, hears
from bot.domain.noticing.silence import quiet_thing, waits_for_others
from bot.domain.noticing.whole import WITHOUT_A_BAR, is_ready, lacks_bar

__all__ = [
    "WITHOUT_A_BAR",
    "answers_for",
    "find",
    "hears",
    "is_ready",
    "lacks_bar",
    "quiet_thing",
    "turns",
    "waits_for_others",
]
