"""Reading the form that registers a pilot: everything that is wrong with it is said at once, each at its field."""

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import ParamSpec, TypeVar

from bot.desk import Front
from bot.domain.coaching import typed_figure
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
    locale = await front.office.look_up(workflow.locale_of, at)
    channel_id = problems.read(_chosen, form, "channel")
    metric = problems.read(_metric, form, problems, locale)
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


def _metric(form: FormSubmission, problems: _Problems, locale: str) -> Metric | None:
    name = problems.read(_words, form, "metric", 120)
    baseline = problems.read(_number, form, "baseline", locale)
    bar = problems.read(_number, form, "bar", locale)
    if baseline is None or bar is None or not name:
        return None
    if baseline == bar:
        raise errors.BarIsBaseline("bar")
    return Metric(name=name, unit=tame(form.text("unit"))[:20], baseline=baseline, bar=bar)


def _number(form: FormSubmission, field: str, locale: str) -> Decimal:
    """Read a figure as answers are read; what could be two numbers to this person is asked about rather than guessed at."""
    words = form.text(field)
    numbers = typed_figure(words, locale)
    if not numbers:
        raise errors.NotANumber(field)
    if len(numbers) == 1:
        return numbers[0]
    whole, fraction = (format(number, "f") for number in numbers)
    raise errors.TwoMeanings(field, given=tame(words), whole=whole, fraction=_plainly(fraction))


def _plainly(fraction: str) -> str:
    """Return a number with decimals so that nobody takes it for thousands, typed as it stands: three decimals are no more."""
    short = fraction.rstrip("0").rstrip(".")
    return f"{short}0" if len(short.partition(".")[2]) == 3 else short
