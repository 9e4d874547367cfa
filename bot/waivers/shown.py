"""Where waivers show: the one card of a request, a word in the pilot's thread for each step, the summary."""

from bot.desk import Desk
from bot.domain.pilots import Pilot
from bot.domain.review import Panel
from bot.interview import shown as interviews
from bot.waivers import messages
from bot.waivers.facts import Request, Wanted


def card_key(request_id: str) -> str:
    """Return the key of the one card that a request has for ever."""
    return f"waiver:{request_id}:card"


def told_key(first: Wanted, step: str) -> str:
    """Return the key of the word in the thread about a step; what is revoked in parts is told in parts."""
    return f"waiver:{first.waiver.id}:{step}"


def show_card(desk: Desk, request: Request, panel: Panel | None) -> None:
    """State what the request's card says, where gates are decided or else in the pilot's channel."""
    pilot = request.pilot
    link = desk.link_to(interviews.thread_of(desk, pilot))
    desk.tx.messages.show(
        pilot.workspace_id,
        card_key(request.id),
        desk.rooms.review or pilot.channel_id,
        messages.card_message(desk.library, request, panel, link),
    )


def tell(desk: Desk, request: Request, step: str, concerned: tuple[Wanted, ...], panel: Panel | None) -> None:
    """Tell whoever asked, in the pilot's thread; of what ended by itself only where something is open again."""
    pilot = request.pilot
    if step == "lapsed":
        concerned = () if pilot.retired else _open_again(concerned)
    if not concerned:
        return
    body = messages.told_message(desk.library, request, step, concerned, panel)
    interviews.tell(desk, pilot, told_key(concerned[0], step), body)


def _open_again(ended: tuple[Wanted, ...]) -> tuple[Wanted, ...]:
    return tuple(one for one in ended if one.standing and not one.standing.settled)


def refresh(desk: Desk, pilot: Pilot) -> None:
    """Let the latest summary say what is true now."""
    if not pilot.retired:
        interviews.refresh_summary(desk, pilot)
