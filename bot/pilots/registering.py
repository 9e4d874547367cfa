"""Reading the form that registers a pilot: everything that is wrong with it is said at once, each at its field."""

import asyncio
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final, ParamSpec, TypeVar

from bot.desk import Front
from bot.domain.people import is_group
from bot.domain.pilots import Metric, Registration
from bot.domain.text import tame
from bot.domain.values import Occasion
from bot.pilots import errors, workflow
from bot.slack.failures import SlackFailure
from bot.slack.payloads import FormSubmission

P = ParamSpec("P")
R = TypeVar("R")

CHANNEL_IN_TIME = 2.0
"""Seconds that a submitted form waits to hear about its channel; Slack gives up on us after three."""
MOST_DIGITS = 15
"""Digits before the point; a figure of the business has fewer."""


class _Problems:
    """What is wrong so far, in the order of the form."""

    def __init__(self) -> None:
        self.found: list[errors.FieldRefusal] = []

    def read(self, reader: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
        """Return what a field says, or note what is wrong with it."""
        try:
            return reader(*args, **kwargs)
        except errors.FieldRefusal as refused:
            self.found.append(refused)
            return None


async def read(front: Front, at: Occasion, form: FormSubmission) -> Registration:
    """Return what the form says; FieldsRefused with all that is wrong, what only Slack or the rows know included."""
    problems = _Problems()
    name, problem = problems.read(_words, form, "name", 80), problems.read(_words, form, "problem", 500)
    champion, owner = problems.read(_chosen, form, "champion"), problems.read(owner_of, form)
    channel_id, metric = problems.read(_chosen, form, "channel"), problems.read(_metric, form, problems)
    people = [person for person in (champion, owner) if person and not is_group(person)]
    await asyncio.gather(*(front.people.know(form.workspace_id, person) for person in people))
    problems.found += await front.office.look_up(workflow.objections_to_people, at, champion, owner)
    if (
        problems.found and name
    ):  # on its own, a taken name is found by whoever registers, who knows a repeated delivery
        problems.found += await front.office.look_up(workflow.objections_to_name, at, name)
    if channel_id and (refused := await _channel_problem(front, form.workspace_id, channel_id)):
        problems.found.append(refused)
    if problems.found or not (name and problem and champion and owner and channel_id and metric):
        raise errors.FieldsRefused(problems.found)
    return Registration(
        name=name,
        problem=problem,
        champion_id=champion,
        owner_id=owner,
        channel_id=channel_id,
        metric=metric,
        stage=form.choice("stage"),
        tier=form.choice("tier") or "",
    )


def _chosen(form: FormSubmission, field: str) -> str:
    chosen = form.choice(field)
    if not chosen:
        raise errors.FieldEmpty(field)
    return chosen


def owner_of(form: FormSubmission) -> str:
    """Return the production owner whom a form names: a person or a user group; a FieldRefusal at the field otherwise."""
    person, group = form.choice("owner"), form.choice("owner_group")
    if person and group:
        raise errors.OneOwner("owner_group")
    owner = person or group
    if not owner:
        raise errors.NoOwner("owner")
    return owner


async def _channel_problem(front: Front, workspace_id: str, channel_id: str) -> errors.FieldRefusal | None:
    try:
        async with asyncio.timeout(CHANNEL_IN_TIME):
            channel = await front.slack.channel(workspace_id, channel_id)
    except (SlackFailure, TimeoutError):
        return errors.ChannelUnclear("channel")
    if channel is None or not channel.is_member:
        return errors.NotInChannel("channel")
    return errors.ChannelArchived("channel") if channel.is_archived else None


def _words(form: FormSubmission, field: str, most: int) -> str:
    words = tame(form.text(field)) if field != "problem" else form.text(field)
    if not words:
        raise errors.FieldEmpty(field)
    if len(words) > most:
        raise errors.TooLong(field, limit=str(most))
    return words


def _metric(form: FormSubmission, problems: _Problems) -> Metric | None:
    name = problems.read(_words, form, "metric", 120)
    baseline, bar = problems.read(_number, form, "baseline"), problems.read(_number, form, "bar")
    if baseline is None or bar is None or not name:
        return None
    if baseline == bar:
        raise errors.BarIsBaseline("bar")
    return Metric(name=name, unit=tame(form.text("unit"))[:20], baseline=baseline, bar=bar)


_ABOUT: Final = re.compile(r"^(?:about|around|roughly|approx\.?|circa|ca\.?|etwa|~|≈)\s*", re.IGNORECASE)
_NUMBER: Final = re.compile(r"([+-]?)(\d+)(?:[.,](\d+))?")


def _number(form: FormSubmission, field: str) -> Decimal:
    """Read a plain number; "about", a percent sign, spaces between thousands and a decimal comma are understood.

    "1,000" is a thousand to some and one to others, so it is asked about rather than guessed at.
    """
    words = "".join(_ABOUT.sub("", form.text(field)).removesuffix("%").split())
    found = _NUMBER.fullmatch(words)
    if found is None or len(found[2]) > MOST_DIGITS:
        raise errors.NotANumber(field)
    sign, whole, fraction = found[1], found[2], found[3] or ""
    if len(fraction) == 3 and len(whole) <= 3 and not whole.startswith("0"):
        short = fraction.rstrip("0")
        as_fraction = f"{whole}.{short}" if short else whole
        raise errors.TwoMeanings(
            field,
            given=words,
            whole=f"{sign}{whole}{fraction}",
            fraction=sign + (f"{as_fraction}0" if short == fraction else as_fraction),
        )
    return Decimal(f"{sign}{whole}.{fraction or 0}")
