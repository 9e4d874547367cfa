"""Every message about pilots whose champion or owner has gone, for the tests that read all messages."""

from collections.abc import Iterator
from itertools import product

from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.watched import Role, Why
from bot.orphans import messages
from bot.orphans.messages import Answer, Orphan, Passing, State
from bot.orphans.several_messages import SHOWN, Missed, missed_message, others_message
from prompts.library import Library

ROLES = ((Role.CHAMPION,), (Role.OWNER,), (Role.CHAMPION, Role.OWNER))


def every_message(library: Library, pilot: Pilot, text: str) -> Iterator[tuple[str, Body]]:
    """Return the words in the channel, open and settled, and the question to whom a pilot is passed on."""
    one = pilot.model_copy(update={"owner_id": pilot.champion_id})
    for why, roles, whose in product(Why, ROLES, (pilot, one)):
        for offered in (None, "U0PRIYA"):
            stage = text[:40].strip() or "x"
            missed = Orphan(whose, "U0JONAS", State.OPEN, roles, why, offered, stage, in_place=3, required=7)
            yield "orphan", messages.orphan_message(library, missed)
        yield (
            "orphan offered",
            messages.orphan_message(
                library, Orphan(whose, "U0JONAS", State.OFFERED, (), why, offered_to="S0PAYMENTS")
            ),
        )
    yield from _several(library, pilot, text)
    accepted = {"owner_accepted_at": pilot.registered_at}
    for state, whose in product(State, (pilot, one, *(p.model_copy(update=accepted) for p in (pilot, one)))):
        if state.is_settled:
            yield "orphan settled", messages.orphan_message(library, Orphan(whose, "U0JONAS", state))
    for note in ("", (text * 40)[:1000]):
        passing = Passing(pilot, "U0MAYA", "U0PRIYA", note)
        yield "passed on", messages.passing_message(library, passing, "0123456789abcdef U0MAYA f")
        yield "passed on, declined", messages.declined_message(library, passing)
        yield "passed on, claimed", messages.claimed_message(library, passing)
        for answer in Answer:
            yield "passed on, answered", messages.answered_message(library, passing, answer)


def _several(library: Library, pilot: Pilot, text: str) -> Iterator[tuple[str, Body]]:
    """Return the words about somebody who is missed at as many pilots as one names, with two buttons each, and settled."""
    about = f"C0PILOTS U0JONAS {pilot.registered_at.isoformat()}"
    stage, many = text[:40].strip() or "x", range(SHOWN)
    those = [pilot.model_copy(update={"id": f"{number:016}"}) for number in many]
    for why, roles in product(Why, ROLES):
        lines = [Orphan(one, "U0JONAS", State.OPEN, roles, why, None, stage, 3, 7) for one in those]
        missed = Missed("U0JONAS", why, 10_000, lines, 9_980, about)
        yield "orphans", missed_message(library, missed)
        yield "orphans, the others", others_message(library, missed)
    asked = [Orphan(one, "U0JONAS", State.OFFERED, (), offered_to="S0PAYMENTS") for one in those]
    yield "orphans offered", missed_message(library, Missed("U0JONAS", Why.GUEST, 20, asked, 0, about))
    for state in (one for one in State if one.is_settled):
        over = [Orphan(one, "U0JONAS", state) for one in those]
        ended = Missed("U0JONAS", Why.LEFT, 0, over, 0, about, is_back=state is State.BACK)
        yield "orphans settled", missed_message(library, ended)
    yield "orphans, no others", others_message(library, Missed("U0JONAS", Why.LEFT, 0, (), 0, about))
