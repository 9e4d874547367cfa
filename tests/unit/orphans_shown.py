"""Every message about pilots whose champion or owner has gone, for the tests that read all messages."""

from collections.abc import Iterator
from itertools import product

from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.watched import Role, Why
from bot.orphans import messages
from bot.orphans.messages import Answer, Orphan, Passing, State
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
