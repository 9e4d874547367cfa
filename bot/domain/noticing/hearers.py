"""Who hears of a matter: whoever it waits for, and whoever answers for the pilot where that one can be told no more."""

from collections.abc import Iterable

from bot.domain.matters import Matter, MatterKind, Tells
from bot.domain.people import is_group
from bot.domain.watched import Facts


def hears(facts: Facts, matter: Matter, tells: Iterable[Tells]) -> tuple[str, ...]:
    """Return who hears of a matter, by Slack id and once each: people who can act, or the pilot's channel."""
    found = (_who(facts, matter, one) for one in tells)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def answers_for(facts: Facts, without: str | None = None) -> str | None:
    """Return who answers for a pilot: its owner, else its champion, else its sponsor; None where nobody is left."""
    left = (facts.owner, facts.champion, facts.sponsor)
    return next((one for one in left if one is not None and one != without), None)


def _who(facts: Facts, matter: Matter, tells: Tells) -> str | None:
    without = matter.subject if matter.kind is MatterKind.ORPHANED else None
    match tells:
        case Tells.CHANNEL:
            return facts.pilot.channel_id
        case Tells.SPONSOR:
            return facts.sponsor
        case Tells.OWNER:
            return answers_for(facts, without)
        case Tells.CHAMPION:
            one = _champion(facts, without)
            # Whoever was proposed has heard of it on rungs of their own, and is not asked to talk to themselves.
            return None if matter.kind is MatterKind.OWNER and one == matter.person_id else one
        case Tells.PERSON:
            one = matter.person_id
            if one is None:
                return answers_for(facts, without)
            if not is_group(one) and one not in facts.unable:
                return one
            # What is said to somebody who was proposed is no word for somebody else; the champion hears of it on a rung of its own.
            return None if matter.kind is MatterKind.OWNER else _champion(facts, without)


def _champion(facts: Facts, without: str | None) -> str | None:
    """Return the champion; whoever else answers for the pilot where that one can be told no more."""
    one = facts.champion
    return one if one is not None and one != without else answers_for(facts, without)
