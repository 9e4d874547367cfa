"""Attempts to decide about a waiver without the right to: they are told so alone, and it is put on the record, as with a vote."""

from contextlib import AbstractAsyncContextManager
from typing import Final

from bot.desk import Desk, Front
from bot.domain import waiving as rules
from bot.domain.errors import Refusal
from bot.slack.payloads import ButtonClick, FormSubmission

NO_RIGHT: Final = (
    rules.AskedItYourself,
    rules.ChampionWaiver,
    rules.AnsweredItAlone,
    rules.MayNotWaive,
    rules.MayNotRevoke,
    rules.NotAMember,
    rules.FromAnotherWorkspace,
)


def on_record(
    front: Front, inbound: ButtonClick | FormSubmission, request_id: str, what: str
) -> AbstractAsyncContextManager[None]:
    """Record whoever is refused within for want of the right; `what` is the kind of entry."""
    return front.office.noting(NO_RIGHT, note, inbound.at(front.office.clock.now()), request_id, what)


def note(desk: Desk, refused: Refusal, request_id: str, what: str) -> None:
    """Put on the record that somebody tried to; a forged request is the workspace's matter."""
    here = desk.at.workspace_id
    asked = desk.tx.waivers.of_request(here, request_id)
    facts = {"why": type(refused).__name__, "request": request_id[:100]}
    if asked:
        desk.tx.audit.append(desk.at, what, "pilot", asked[0].pilot_id, None, facts)
    else:
        desk.tx.audit.append(desk.at, what, "workspace", here, None, facts)
