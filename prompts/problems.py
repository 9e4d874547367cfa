"""What is wrong with a playbook, said so that an administrator can mend it: file, line, found, expected, nearest.

Only wording and order; the checks are in `playbook_files` and `playbook_ties`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

MOST_SHOWN = 100
LONGEST_FOUND = 60


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend in one place."""

    file: str
    line: int
    found: str
    expected: str
    nearest: str | None = None

    def __str__(self) -> str:
        hint = f" Did you mean “{self.nearest}”?" if self.nearest else ""
        return f"{self.file}:{self.line}: {self.found}; expected {self.expected}.{hint}"


class PlaybookInvalid(Exception):  # noqa: N818 - the playbook is invalid; nothing has failed
    """A playbook that cannot be used, with every problem in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(self.report)

    @property
    def report(self) -> str:
        """All problems, one a line, in the order of files and lines."""
        count = len(self.problems)
        lines = [f"The playbook cannot be used: {count} {'problem' if count == 1 else 'problems'}."]
        lines += [f"  {problem}" for problem in self.problems[:MOST_SHOWN]]
        if count > MOST_SHOWN:
            lines.append(f"  … and {count - MOST_SHOWN} more")
        return "\n".join(lines)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, if one is near."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def shown(value: object) -> str:
    """Return a value as a report quotes it: short, on one line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list" if value else "an empty list"
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)[:200]).split())
    return f"“{text[: LONGEST_FOUND - 1]}…”" if len(text) > LONGEST_FOUND else f"“{text}”"
