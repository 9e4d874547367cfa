"""Jinja for Slack: named blocks of a template, rendered as mrkdwn (people's words escaped) or as plain text.

HTML's autoescape would be wrong here, so a finalizer escapes for Slack whatever is not `Mrkdwn`. A template can be laid
out for reading: inside a block a line break is a space, and an empty line is a line break. Knows no message; of a
playbook it knows which of its parts hold texts.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateSyntaxError,
    nodes,
)
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context

from bot.domain.framework import PostureArea, StallCause, Step, Topic
from bot.domain.playbook import Checklist, Concern, Gate, Item, Option, Stage
from bot.domain.policies import Approvers, Policy, PolicyStep, Tier
from bot.domain.reviews import Resolved
from bot.domain.voting import SeatStanding, StepStanding
from prompts import filters
from prompts.english import are_several, number
from prompts.markup import Mrkdwn, cleaned, cut_for_mrkdwn, cut_for_plain, marked, one_line, unstyled

# White space of the template itself, told from white space that people wrote until a block is finished. These are
# noncharacters, which no text may hold and which `cleaned` removes.
_SOFT, _HARD, _EMPTY_LINE = "\ufdd0", "\ufdd1", "\ufdd2"
_ANY = f"{_SOFT}{_HARD}{_EMPTY_LINE}"
_LAYOUT = re.compile(f" *[{_ANY}][{_ANY} ]*((?:[.,;:)](?=[\\s{_ANY}]|$))?)")
_BREAKS = re.compile(r"[ \t]*\n\s*")
_SPACES = re.compile(r"[ \t]+")

_PLAYBOOK_PARTS = (
    Approvers,
    Checklist,
    Concern,
    Gate,
    Item,
    Option,
    Policy,
    PolicyStep,
    PostureArea,
    Resolved,
    SeatStanding,
    Stage,
    StallCause,
    Step,
    StepStanding,
    Tier,
    Topic,
)
_ONE_LINE = frozenset({"title", "question", "if_missing", "hint"})
_PLAYBOOK_TEXTS = _ONE_LINE | {
    "why",
    "good",
    "weak",
    "evidence",
    "follow_up",
    "ask",
    "hint",
    "next",
    "pilot",
    "production",
    "unit",
}

_NOT_HERE = (nodes.Macro, nodes.CallBlock, nodes.AssignBlock, nodes.FilterBlock)


class TemplateFault(Exception):  # noqa: N818 - read as "there is a fault in the template"
    """A template cannot be read or lacks a fact; names file and line."""


class _Layout(Extension):
    """Marks the white space of a template's own text, so that it can be folded and people's kept."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        for token in stream:
            if token.type == "data":
                yield Token(token.lineno, token.type, _SPACES.sub(" ", _BREAKS.sub(_mark, token.value)))
            else:
                yield token


def _mark(found: re.Match[str]) -> str:
    breaks = found[0].count("\n")
    return _SOFT if breaks == 1 else _HARD if breaks == 2 else _EMPTY_LINE


def _folded(text: str) -> str:
    return _LAYOUT.sub(_white, text).strip()


def _white(found: re.Match[str]) -> str:
    """Turn a run of layout into white space; a comma or a full stop on the next line follows its word at once."""
    after = found[1]
    if _EMPTY_LINE in found[0]:
        return "\n\n" + after
    return ("\n" if _HARD in found[0] else "" if after else " ") + after


def _text_of(value: object) -> str:
    if value is None:
        return ""
    return number(value) if isinstance(value, Decimal) else str(value)


def _for_mrkdwn(value: object) -> str:
    return marked(value if isinstance(value, str) else _text_of(value))


def _for_plain(value: object) -> str:
    return cleaned(_text_of(value))


class _ForSlack(Environment):
    """An environment that refuses what would escape people's words twice: captured output is text again."""

    shows_styles = True
    """Whether Slack would style what stands between its marks; so it is in mrkdwn."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a fact; a playbook's texts are plain text, whatever marks they hold."""
        value = super().getattr(obj, attribute)
        if attribute in _PLAYBOOK_TEXTS and isinstance(value, str) and isinstance(obj, _PLAYBOOK_PARTS):
            value = one_line(value) if attribute in _ONE_LINE else value
            return unstyled(value) if self.shows_styles else value
        return value

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(_NOT_HERE):
            reason = f"{type(node).__name__} is not used in templates; make it a block or a filter"
            raise TemplateSyntaxError(reason, node.lineno)
        for used in tree.find_all(nodes.Name):
            if used.name in {"self", "super"}:
                raise TemplateSyntaxError("a block cannot show another block", used.lineno)
        return tree


def _environment(folder: Path, *, plain: bool) -> Environment:
    made = _ForSlack(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        finalize=_for_plain if plain else _for_mrkdwn,
        autoescape=False,
        auto_reload=False,
        cache_size=-1,
        extensions=[_Layout],
    )
    made.shows_styles = not plain
    made.filters.update(filters.FOR_PLAIN if plain else filters.FOR_MRKDWN)
    made.tests["several"] = are_several
    return made


class Templates:
    """The templates of one folder, read when first asked for and then kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mrkdwn = _environment(folder, plain=False)
        self._plain = _environment(folder, plain=True)
        self._compiled: dict[tuple[str, bool], Template] = {}

    def words(self, template: str, facts: dict[str, Any]) -> "Words":
        """Return a template's words about these facts; nothing is rendered yet."""
        return Words(self, template, facts)

    def names(self) -> tuple[str, ...]:
        """Return the names of all templates, as `words` takes them."""
        return tuple(name.removesuffix(".j2") for name in self._mrkdwn.list_templates(extensions=["j2"]))

    def prepare(self) -> None:
        """Compile everything now, so that no person waits for it; TemplateFault where something is broken."""
        for name in self.names():
            for plain in (False, True):
                self.load(name, plain=plain)

    def load(self, template: str, *, plain: bool) -> Template:
        """Return a compiled template; TemplateFault where it cannot be read."""
        known = self._compiled.get((template, plain))
        if known is not None:
            return known
        try:
            made = (self._plain if plain else self._mrkdwn).get_template(f"{template}.j2")
        except TemplateError as fault:
            line = getattr(fault, "lineno", None) or 1
            name = getattr(fault, "name", None) or f"{template}.j2"
            reason = fault.message or "there is no such template"
            raise TemplateFault(f"prompts/{name}:{line}: {reason}") from fault
        self._compiled[template, plain] = made
        return made


class Words:
    """What one template says about some facts, block by block."""

    __slots__ = ("_facts", "_name", "_templates")

    def __init__(self, templates: Templates, name: str, facts: dict[str, Any]) -> None:
        self._templates, self._name, self._facts = templates, name, facts

    @property
    def blocks(self) -> tuple[str, ...]:
        """The names of the template's blocks, in no particular order."""
        return tuple(self._templates.load(self._name, plain=False).blocks)

    def mrkdwn(self, block: str, /, at_most: int | None = None, **more: Any) -> Mrkdwn:
        """Render a block for a mrkdwn text; `more` adds facts for this block alone."""
        text = self._rendered(block, more, plain=False)
        return Mrkdwn(text) if at_most is None else cut_for_mrkdwn(Mrkdwn(text), at_most)

    def plain(self, block: str, /, at_most: int | None = None, **more: Any) -> str:
        """Render a block for a plain_text object, where nothing is escaped."""
        text = self._rendered(block, more, plain=True)
        return text if at_most is None else cut_for_plain(text, at_most)

    def _rendered(self, block: str, more: dict[str, Any], *, plain: bool) -> str:
        template = self._templates.load(self._name, plain=plain)
        try:
            render = template.blocks[block]
        except KeyError:
            known = ", ".join(sorted(template.blocks))
            raise TemplateFault(f"prompts/{self._name}.j2:1: no block “{block}”; there are {known}") from None
        facts = {**self._facts, **more} if more else self._facts
        try:
            # Not `new_context`: it copies Jinja's globals every time, which costs more than the rendering.
            return _folded("".join(_run(render, Context(template.environment, facts, template.name, {}))))
        except Exception as fault:  # a template can fail in any way; the place is what helps
            raise TemplateFault(f"prompts/{self._name}.j2:{_line_of(fault, template)}: {fault}") from fault


def _run(render: Any, context: Context) -> Iterator[str]:
    parts: Iterator[str] = render(context)
    return parts


def _line_of(fault: Exception, template: Template) -> int:
    """Find the template's line in the trace of what its compiled code raised."""
    line, trace = 1, fault.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__jinja_template__") is template:
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return line
