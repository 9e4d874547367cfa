"""YAML as plain data that remembers the line of everything in it, and refuses what a playbook has no use for.

Refused: repeated keys, keys that are no text, anchors and aliases (a few lines of them can grow to gigabytes), tags, several
documents, deep nesting, files over 4 MB, text that is not UTF-8. Knows no playbook.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import ConstructorError, SafeConstructor

from prompts.problems import Problem, shown

MOST_BYTES = 4_000_000
DEEPEST = 12

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)

_MENDS = {
    "mapping values are not allowed": "quotes around a text that has a colon and a space in it",
    r"found character '\t'": "spaces instead of a tab",
    "found character that cannot start any token": "spaces instead of tabs, and quotes around a text that begins with a mark",
}
"""What is meant by the parser's commonest words."""

Place = tuple[str | int, ...]


@dataclass
class Marked:
    """One file's data and where each part of it stands."""

    file: str
    content: bytes = b""
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """Return the line of a place in the data, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, line: int, found: str, expected: str, near: str | None = None) -> None:
        """Note one problem in this file."""
        self.problems.append(Problem(self.file, line, found, expected, near))


def read(path: Path, name: str) -> Marked:
    """Read a file; whatever is wrong with it is in `problems`, and `data` is None where nothing could be read."""
    marked = Marked(name)
    text = _text(path, marked)
    if text is not None:
        parse(text, marked)
    return marked


def _text(path: Path, marked: Marked) -> str | None:
    try:
        if not path.is_file():
            found = "this is no plain file" if path.exists() else "there is no such file"
            marked.problem(1, found, "a YAML file")
            return None
        size = path.stat().st_size
        if size > MOST_BYTES:
            marked.problem(1, f"the file has {size:,} bytes", f"at most {MOST_BYTES:,}")
            return None
        marked.content = raw = path.read_bytes()
    except OSError as fault:
        marked.problem(1, f"the file cannot be read ({fault.strerror})", "a file that Preflight may read")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        marked.problem(line, f"byte 0x{raw[fault.start]:02x} is not UTF-8", "text saved as UTF-8")
        return None


def parse(text: str, marked: Marked) -> None:
    """Turn YAML text into data and lines."""
    try:
        if not _usable(text, marked):
            return
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        said = fault.problem or fault.context or "it cannot be read"
        expected = next((mend for words, mend in _MENDS.items() if words in said), "well-formed YAML")
        marked.problem(mark.line + 1 if mark else 1, f"this is no YAML ({said})", expected)
        return
    except yaml.reader.ReaderError as fault:
        line = text.count("\n", 0, fault.position) + 1
        marked.problem(line, "there is a control character", "printable text")
        return
    if root is not None:
        marked.data = _data(root, (), marked)


def _usable(text: str, marked: Marked) -> bool:
    """Look over the events before anything is built, so that no file can make building it expensive."""
    before, depth, documents = len(marked.problems), 0, 0
    event: Any
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > DEEPEST or documents > 1:
            found = (
                "a second document begins" if documents > 1 else f"this is more than {DEEPEST} levels deep"
            )
            marked.problem(line, found, "one document of plain lists and mappings")
            return False
        marked.problems.extend(_extravagances(event, line, marked.file))
    return len(marked.problems) == before


def _extravagances(event: Any, line: int, file: str) -> Iterator[Problem]:
    if isinstance(event, yaml.AliasEvent):
        yield Problem(
            file, line, f"there is an alias “*{event.anchor}”", "the text itself; aliases are not used"
        )
    elif getattr(event, "anchor", None):
        yield Problem(file, line, f"there is an anchor “&{event.anchor}”", "plain text; anchors are not used")
    if getattr(event, "tag", None):
        yield Problem(file, line, f"there is a tag {shown(event.tag)}", "plain text; tags are not used")


def _data(node: yaml.Node, place: Place, marked: Marked) -> Any:
    marked.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, marked)
    if isinstance(node, yaml.SequenceNode):
        return [_data(part, (*place, index), marked) for index, part in enumerate(node.value)]
    return _scalar(node, marked)


def _mapping(node: yaml.MappingNode, place: Place, marked: Marked) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        name = key.value if isinstance(key, yaml.ScalarNode) else None
        if name is None or not name:
            marked.problem(line, "there is a key that is no text", "a name before the colon")
        elif name in made:
            first = marked.line((*place, name))
            marked.problem(line, f"“{name}” stands here again (first in line {first})", "each key once")
        else:
            marked.lines[*place, name] = line
            made[name] = _data(value, (*place, name), marked)
    return made


def _scalar(node: yaml.Node, marked: Marked) -> Any:
    try:
        return SafeConstructor().construct_object(node)
    except (ConstructorError, ValueError):
        marked.problem(
            node.start_mark.line + 1, f"{shown(node.value)} cannot be read", "text; put it in quotes"
        )
        return str(node.value)
