"""One thing that the doctor found, as a line to read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    what: str
    ok: bool
    said: str
    mend: str = ""
    """What to do about it; empty where nothing is to do."""

    def __str__(self) -> str:
        return self.line

    @property
    def line(self) -> str:
        """The finding on one line; a list of problems, such as a playbook's, goes on below it."""
        mark = "✅ fine " if self.ok else "❌ wrong"
        said = self.said.replace("\n", "\n          ")
        return f"{mark}  {self.what}: {said}" + (f" → {self.mend}" if self.mend else "")
