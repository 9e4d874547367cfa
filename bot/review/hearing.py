"""What every click on a review goes through: who decides is asked of Slack, and an attempt without the right is recorded."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

from bot.desk import Front
from bot.domain.errors import Refusal
from bot.domain.review import FromAnotherWorkspace, NoRight
from bot.domain.reviews import Board
from bot.domain.values import Occasion
from bot.pilots.errors import FieldsRefused
from bot.review import binding, deciding, workflow
from bot.review.errors import ChangedSince, NotReadyNow, ReviewGone
from bot.review.panels import board_for
from bot.slack.failures import spoken_plainly
from bot.slack.payloads import ButtonClick, FormSubmission
from bot.slack.reading import Inbound, reach
from bot.slack.router import FormAnswer, close_all, field_errors

R = TypeVar("R")
Heard = TypeVar("Heard", ButtonClick, FormSubmission)


def seen_in(value: str) -> tuple[str, str]:
    """Return the review and the snapshot that a control is about; the latter is empty on cards of earlier versions."""
    review_id, _, seen = value.partition(":")
    return review_id, seen


def on_record(
    listen: Callable[[Front, Heard], Awaitable[R]],
) -> Callable[[Front, Heard], Awaitable[R]]:
    """Record whoever is refused for want of the right, in a transaction of its own; and let the card catch up with time."""

    @wraps(listen)
    async def heard(front: Front, inbound: Heard) -> R:
        try:
            return await listen(front, inbound)
        except (NoRight, ReviewGone) as refused:
            await _record(front, inbound, _value_of(inbound), refused)
            raise
        except (ChangedSince, NotReadyNow):
            own = front.office.own_occasion(inbound.workspace_id)
            await front.office.carry_out(binding.look_again, own, seen_in(_value_of(inbound))[0])
            raise

    return heard


def _value_of(inbound: ButtonClick | FormSubmission) -> str:
    """Return what a control or a form is about: a review, and the snapshot of it that was looked at."""
    return inbound.value if isinstance(inbound, ButtonClick) else inbound.private


async def _record(front: Front, inbound: Inbound, value: str, refused: Refusal) -> None:
    at = inbound.at(front.office.clock.now())
    await front.office.carry_out_once(deciding.note_refusal, at, value, refused)


async def before_deciding(front: Front, inbound: Inbound, review_id: str) -> tuple[Occasion, Board]:
    """Return the occasion, and who decides as Slack says now."""
    if inbound.from_elsewhere:
        raise FromAnotherWorkspace
    at = await front.occasion(inbound)
    pilot, procedure = await front.office.look_up(workflow.deciders_of, at, review_id)
    return at, await board_for(front, inbound.workspace_id, pilot, procedure)


async def taken(work: Awaitable[object]) -> FormAnswer:
    """Carry out what a form asks for and close its windows; a field that is not right keeps it open."""
    try:
        await work
    except FieldsRefused as refused:
        return field_errors({one.field: spoken_plainly(one) for one in refused.fields})
    return close_all()


async def show(front: Front, click: ButtonClick, view: dict[str, Any]) -> None:
    """Open a window, on top of the one that the click was in."""
    in_window = reach(click.view, "type") == "modal"
    open_it = front.slack.push_view if in_window else front.slack.open_view
    await open_it(click.workspace_id, click.trigger_id, view)
