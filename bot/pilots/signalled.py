"""How a signal is said: what was seen, as a sentence, with its severity as a mark and a word. Structure only.

It stands below every feature, so that a pilot's card, its status, the digest and the report say the same.
"""

from bot.domain.framework import StallCause
from bot.domain.pilots import Pilot
from bot.domain.signals import Severity, Signal
from bot.pilots.messages import stage_title
from prompts.library import Library
from prompts.markup import Mrkdwn
from prompts.words import Words

LINE_SHOWN = 500


def cause_of(library: Library, signal: Signal) -> StallCause | None:
    """Return the cause of a signal; None where the playbook has it no more."""
    return next((one for one in library.playbook.framework.stalls if one.id == signal.cause), None)


def title_of(library: Library, signal: Signal) -> str:
    """Return how the cause of a signal is called; its id where the playbook has it no more."""
    cause = cause_of(library, signal)
    return cause.title if cause else signal.cause


def titles_of(library: Library, signal: Signal) -> tuple[str, ...]:
    """Return the items that show a signal, by title."""
    items = (library.playbook.item(one) for one in signal.evidence)
    return tuple(item.title for item in items if item)


def why_mrkdwn(library: Library, pilot: Pilot, signal: Signal) -> Mrkdwn:
    """Return what was seen, as a sentence of a message."""
    words = _why(library, pilot, signal)
    return words.mrkdwn(_block(words, signal), at_most=LINE_SHOWN)


def why_plain(library: Library, pilot: Pilot, signal: Signal) -> str:
    """Return what was seen, as a sentence of a file."""
    words = _why(library, pilot, signal)
    return words.plain(_block(words, signal))


def paragraph(library: Library, pilot: Pilot, signal: Signal) -> Mrkdwn:
    """Return a signal in full: how bad it is, which cause, what was seen, and what to do next."""
    return _words(library, pilot, signal).mrkdwn("paragraph")


def line(library: Library, pilot: Pilot, signal: Signal) -> Mrkdwn:
    """Return a signal in a line: how bad it is, which cause, and what was seen."""
    return _words(library, pilot, signal).mrkdwn("line", at_most=LINE_SHOWN)


def _words(library: Library, pilot: Pilot, signal: Signal) -> Words:
    cause = cause_of(library, signal)
    return library.words(
        "watching/signal",
        severity=Severity(signal.severity).name.lower(),
        title=title_of(library, signal),
        why=why_mrkdwn(library, pilot, signal),
        next=cause.next if cause else "",
    )


def _why(library: Library, pilot: Pilot, signal: Signal) -> Words:
    stage = library.playbook.stage(pilot.stage)
    known = {one for checklist in library.playbook.checklists for one in (i.id for i in checklist.items)}
    return library.words(
        "watching/why",
        pilot=pilot,
        stage=stage_title(library, pilot.stage),
        titles=list(titles_of(library, signal)),
        people=[one for one in signal.evidence[:1] if one not in known],
        gone=signal.evidence[1] if len(signal.evidence) > 1 else "",
        quiet_after=stage.quiet_after_days if stage else None,
    )


def _block(words: Words, signal: Signal) -> str:
    return signal.why if signal.why in words.blocks else "other"
