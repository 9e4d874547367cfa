"""Copies of what is plain JSON, so that nobody holds a piece of the workspace in hand.

`copy.deepcopy` keeps a book of everything that it meets, for shapes that JSON cannot have; with it, copying was the
greatest part of the sandbox's work.
"""

import copy
from typing import Any, TypeVar

_T = TypeVar("_T")

_ATOMS = frozenset({str, int, float, bool, type(None)})


def copied(value: _T) -> _T:
    """Return a copy that shares no dict and no list with the value."""
    made: Any
    if isinstance(value, dict):
        made = {name: each if type(each) in _ATOMS else copied(each) for name, each in value.items()}
    elif isinstance(value, list):
        made = [each if type(each) in _ATOMS else copied(each) for each in value]
    else:
        made = value if type(value) in _ATOMS else copy.deepcopy(value)
    return made  # type: ignore[no-any-return]  # of the same shape, which no type can say
