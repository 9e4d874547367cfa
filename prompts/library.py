"""The way in to everything under `prompts/`: one playbook, checked, and the words of every template.

Reads files when it is loaded and templates when they are first asked for. Decides nothing about pilots.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from bot.domain.playbook import Playbook
from prompts import html, markdown, playbook_files
from prompts.words import Templates, Words


class Library:
    """A playbook and the words to speak about it."""

    def __init__(
        self, playbook: Playbook, templates: Templates, earlier: Mapping[str, Playbook] = MappingProxyType({})
    ) -> None:
        self.playbook = playbook
        self.templates = templates
        self.earlier = earlier
        """Playbooks that were in force before and that running interviews still follow, by version."""

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """Read the playbook of a folder (ours without one); PlaybookInvalid names everything wrong with it."""
        playbook = playbook_files.load(folder or playbook_files.DEFAULT_FOLDER)
        return cls(playbook, _our_templates())

    def knowing(self, earlier: Iterable[Playbook]) -> "Library":
        """Return the same library with playbooks that were in force before."""
        return Library(self.playbook, self.templates, {one.version: one for one in earlier})

    def book(self, version: str) -> Playbook | None:
        """Return the playbook of a version, or None where this process does not know it."""
        return self.playbook if version == self.playbook.version else self.earlier.get(version)

    def words(self, template: str, /, **facts: Any) -> Words:
        """Return what a template ("pilots/card") says about these facts."""
        return self.templates.words(template, facts)

    def markdown(self, template: str, /, **facts: Any) -> str:
        """Return the Markdown file that a template ("exports/report") makes of these facts."""
        return markdown.rendered(self.templates.folder, f"{template}.md.jinja", facts)

    def html(self, template: str, /, **facts: Any) -> str:
        """Return the HTML file that a template ("exports/report") makes of these facts."""
        return html.rendered(self.templates.folder, f"{template}.html.jinja", facts)


@cache
def _our_templates() -> Templates:
    """They never change while a process runs, and compiling them takes a while: once is enough for all playbooks."""
    return Templates(Path(__file__).parent)
