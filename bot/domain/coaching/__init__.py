"""Coaching: from the words of a reply to what they say about an item, and what is asked once more.

Pure. What the coach listens for is data (`playbook.Coaching`); how sentences state, deny, plan or hedge is here. The
words themselves are never changed or shortened, and nothing here decides a verdict or blocks anybody.
"""

from bot.domain.coaching.chatter import is_thumbs_up, looks_like_answer
from bot.domain.coaching.ear import Ear
from bot.domain.coaching.forms import Problem, Trouble, plan_form, read_value
from bot.domain.coaching.reading import read, read_button
from bot.domain.coaching.turns import combine, follow_up_for
from bot.domain.coaching.typed import typed_figure
from bot.domain.coaching.unvalued import as_far_as_given
from bot.domain.coaching.warming import warm_up

__all__ = [
    "Ear",
    "Problem",
    "Trouble",
    "as_far_as_given",
    "combine",
    "follow_up_for",
    "is_thumbs_up",
    "looks_like_answer",
    "plan_form",
    "read",
    "read_button",
    "read_value",
    "typed_figure",
    "warm_up",
]
