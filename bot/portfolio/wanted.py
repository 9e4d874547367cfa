"""Which pilots somebody wants to see: read from their words, and carried along by the controls of a list.

Knows no pilot and no message. What a control carries comes back from Slack and may be forged or old, so whatever is not
understood in it filters nothing.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from bot.domain.errors import Refusal
from bot.domain.playbook import Playbook
from bot.domain.seeking import Shown, Sought
from bot.domain.text import unescape
from bot.domain.values import Frozen

ANY: Final = "any"
"""What a menu says for all stages, or all owners; no stage and nobody is called so."""
MOST_OWNERS: Final = 4
"""How many owners one list is filtered by: what a control carries is short."""
_LAST_PAGE: Final = 100_000

PHRASES: Final[Mapping[str, Shown]] = {
    "all": Shown.ALL,
    "stalled": Shown.STALLED,
    "stuck": Shown.STALLED,
    "at risk": Shown.AT_RISK,
    "risk": Shown.AT_RISK,
    "ready": Shown.READY,
    "to decide": Shown.TO_DECIDE,
    "decide": Shown.TO_DECIDE,
    "on hold": Shown.HELD,
    "hold": Shown.HELD,
    "held": Shown.HELD,
    "open again": Shown.OPEN_AGAIN,
    "reopened": Shown.OPEN_AGAIN,
    "retired": Shown.RETIRED,
    "ended": Shown.RETIRED,
}
"""What people say, and what they mean by it."""
_BESIDE: Final = frozenset(
    {"a", "and", "are", "by", "for", "from", "in", "is", "of", "only", "owned", "owner", "pilots", "show", "stage", "that", "the", "which", "with"}
)  # fmt: skip
"""Words that stand around the others and say nothing of their own."""
_ID: Final = re.compile(r"[A-Z0-9_]{1,24}")
_CONTROL: Final = re.compile(r"<[@!][^<>]*>")
_SPLIT: Final = re.compile(r"[\s,;·]+")


class FilterNotUnderstood(Refusal):
    """I cannot narrow the list by “{word}”. {hint}For example: `/pilot list {stage} stalled`, or `/pilot list at risk @somebody`."""


class OwnerNotPicked(Refusal):
    """I cannot tell who “{word}” is. Pick the name from the list that Slack offers while you type it."""


class TooMuchAtOnce(Refusal):
    """“{one}” and “{other}” do not go together. A list takes one stage, and one of stalled, at risk, ready, to decide, on hold, open again or retired. For example: `/pilot list {stage} stalled`."""


class TooManyOwners(Refusal):
    """A list shows the pilots of four owners at most. For example: `/pilot list stalled @somebody`."""


class Wanted(Frozen):
    """Which pilots, and which page of them."""

    shown: Shown = Shown.ALL
    stage: str | None = None
    owners: tuple[str, ...] = ()
    page: int = 0

    def sought(self) -> Sought:
        """Return what the database is asked for."""
        owners = frozenset(self.owners) or None
        return Sought(shown=self.shown, stage=self.stage, owners=owners)

    @property
    def everything(self) -> bool:
        """Whether nothing is filtered."""
        return self.shown is Shown.ALL and self.stage is None and not self.owners

    def at_page(self, page: int) -> "Wanted":
        return self.model_copy(update={"page": max(0, page)})

    def narrowed(self, by: str, value: str, playbook: Playbook) -> "Wanted":
        """Return the first page of what remains when one filter is chosen; an unknown one leaves all as it is.

        Retired pilots are in no stage any more: whoever chooses one of the two lets go of the other.
        """
        changed: dict[str, Any] = {}
        if by == "clear":
            return EVERYTHING
        if by == "stage" and (value == ANY or playbook.stage(value)):
            shown = Shown.ALL if value != ANY and self.shown is Shown.RETIRED else self.shown
            changed = {"stage": None if value == ANY else value, "shown": shown}
        elif by == "shown" and value in {*Shown}:
            changed = {"shown": Shown(value), "stage": None if value == Shown.RETIRED else self.stage}
        elif by in {"owner", "person"} and (value == ANY or _ID.fullmatch(value)):
            changed = {"owners": () if value == ANY else (value,)}
        return self.model_copy(update=changed | {"page": 0}) if changed else self

    def carried(self) -> str:
        """Return it as the short text that a control carries."""
        parts = {
            "shown": "" if self.shown is Shown.ALL else self.shown.value,
            "stage": self.stage or "",
            "owners": ",".join(self.owners),
            "page": str(self.page) if self.page else "",
        }
        return urlencode({name: part for name, part in parts.items() if part})


EVERYTHING: Final = Wanted()
"""The first page of all pilots that are active."""


def read(carried: str, playbook: Playbook) -> Wanted:
    """Return what a control carried; what is not understood in it filters nothing."""
    parts = dict(parse_qsl(carried[:1000]))
    owners = tuple(one for one in parts.get("owners", "").split(",") if _ID.fullmatch(one))
    stage = playbook.stage(parts.get("stage", ""))
    said, page = parts.get("shown", ""), parts.get("page", "")
    shown = Shown(said) if said in {*Shown} else Shown.ALL
    return Wanted(
        shown=shown,
        stage=stage.id if stage and shown is not Shown.RETIRED else None,
        owners=owners[:MOST_OWNERS],
        page=min(int(page), _LAST_PAGE) if page.isascii() and page.isdecimal() and len(page) < 10 else 0,
    )


def is_ours(carried: str, playbook: Playbook) -> bool:
    """Whether a control of ours carried this: what people forge, and lists of a stage that is gone, are told from it."""
    return read(carried, playbook).carried() == carried


def understood(text: str, mentions: Iterable[str], playbook: Playbook) -> Wanted:
    """Return what somebody's words after `/pilot list` ask for, as Slack delivers them. Raises a refusal that helps on."""
    said = " ".join(word for word in _SPLIT.split(unescape(_CONTROL.sub(" ", text)).casefold()) if word)
    stages = {name: stage.id for stage in playbook.stages for name in (stage.title.casefold(), stage.id)}
    owners = tuple(dict.fromkeys(mentions))
    if len(owners) > MOST_OWNERS:
        raise TooManyOwners
    stage: str | None = None
    shown: Shown | None = None
    named: dict[str, str] = {}
    for phrase in _phrases(said, {**PHRASES, **stages}):
        kind = "stage" if phrase in stages else "shown" if phrase in PHRASES else ""
        if not kind:
            raise _not_understood(phrase, playbook)
        meant = stages.get(phrase) or PHRASES[phrase]
        before = stage if kind == "stage" else shown
        if before is not None and before != meant:
            raise _too_much(named[kind], phrase, playbook)
        named[kind] = phrase
        stage = meant if kind == "stage" else stage
        shown = Shown(meant) if kind == "shown" else shown
    if shown is Shown.RETIRED and stage is not None:
        raise _too_much(named["stage"], named["shown"], playbook)
    return Wanted(shown=shown or Shown.ALL, stage=stage, owners=owners)


def _phrases(said: str, known: Mapping[str, object]) -> list[str]:
    """Return what was said as known phrases, the longest first from the left; a word that belongs to none by itself."""
    words, found = [word for word in said.replace("-", " ").split() if word != "—"], []
    spoken = {name.replace("-", " "): name for name in known}
    while words:
        for length in range(min(len(words), 12), 0, -1):
            phrase = " ".join(words[:length])
            if phrase in spoken:
                found.append(spoken[phrase])
                words = words[length:]
                break
        else:
            word = words.pop(0)
            if word not in _BESIDE:
                found.append(word)
    return found


def _not_understood(word: str, playbook: Playbook) -> Refusal:
    if word.startswith("@"):
        return OwnerNotPicked(word=word[:60])
    known = [*PHRASES, *(name for stage in playbook.stages for name in (stage.title.casefold(), stage.id))]
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    hint = f"Did you mean `/pilot list {close[0]}`? " if close else ""
    return FilterNotUnderstood(word=word[:60], hint=hint, stage=_example(playbook))


def _too_much(one: str, other: str, playbook: Playbook) -> Refusal:
    return TooMuchAtOnce(one=one, other=other, stage=_example(playbook))


def _example(playbook: Playbook) -> str:
    """Return a stage to try it with: not the first one, which pilots leave soon."""
    return playbook.stages[min(2, len(playbook.stages) - 1)].title.casefold()
