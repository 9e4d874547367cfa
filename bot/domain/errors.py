"""Refusals: expected answers of the kind "no, because". Each class's docstring is the sentence that the person reads.

A docstring may name facts in braces; they are given when the refusal is raised. People's words among them are escaped
where the sentence is shown, not here.
"""

import inspect
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """That is not possible right now."""

    mentions: ClassVar[frozenset[str]] = frozenset({"awaited", "outcome", "requester", "who"})
    """The facts that hold mentions which we made; in all others a mention is somebody's words, and stays words."""

    def __init__(self, **facts: str) -> None:
        self.facts = facts
        super().__init__(self.sentence)

    @property
    def template(self) -> str:
        """The sentence with the names of its facts in braces."""
        return " ".join((inspect.getdoc(type(self)) or "").split())

    @property
    def sentence(self) -> str:
        """The sentence with its facts in place."""
        return self.template.format(**self.facts)


class AlreadySeen(Exception):  # noqa: N818 - not an error: Slack delivers at least once
    """This delivery was carried out before; there is nothing left to do."""
