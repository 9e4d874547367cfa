"""Counters that anybody may raise and /metrics shows as plain text, in the Prometheus exposition format.

Counts and sums since the process started; nothing is stored and nothing is decided by them. Safe from any thread.
"""

import threading
from collections import defaultdict
from typing import Final

_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

Labels = tuple[tuple[str, str], ...]


class Counters:
    """Numbers by name and labels."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[tuple[str, Labels], float] = defaultdict(float)

    def add(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Raise a counter; `name` is in snake case and ends in `_total` or `_seconds_total`."""
        key = (name, tuple(sorted(labels.items())))
        with self._lock:
            self._values[key] += amount

    def value(self, name: str, **labels: str) -> float:
        """Return the sum of a counter over everything that has these labels."""
        wanted = set(labels.items())
        with self._lock:
            return sum(
                value for (n, given), value in self._values.items() if n == name and wanted <= set(given)
            )

    def text(self) -> str:
        """Return all of them, one per line, sorted."""
        with self._lock:
            values = sorted(self._values.items())
        lines, last = [], None
        for (name, labels), value in values:
            if name != last:
                lines.append(f"# TYPE preflight_{name} counter")
                last = name
            shown = ",".join(f'{label}="{said.translate(_ESCAPES)}"' for label, said in labels)
            lines.append(f"preflight_{name}{{{shown}}} {value:g}" if shown else f"preflight_{name} {value:g}")
        return "\n".join(lines) + "\n" if lines else ""
