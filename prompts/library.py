"""The way in to everything under `prompts/`: one playbook, checked, and the words of every template.

Reads files when it is loaded and templates when they are first asked for. Decides nothing about pilots.
"""

from pathlib import Path
from typing import Any, Self

from bot.domain.playbook import Playbook
from prompts import playbook_files
from prompts.words import Templates, Words


class Library:
    """A playbook and the words to speak about it."""

    def __init__(self, playbook: Playbook, templates: Templates) -> None:
        self.playbook = playbook
        self.templates = templates

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Read the playbook of a folder (ours without one); PlaybookInvalid names everything wrong with it."""
        playbook = playbook_files.load(folder or playbook_files.DEFAULT_FOLDER)
        return cls(playbook, Templates(Path(__file__).parent))

    def words(self, template: str, /, **facts: Any) -> Words:
        """Return what a template ("pilots/card") says about these facts."""
        return self.templates.words(template, facts)
