"""What somebody put into the form of an answer, as it came back: nothing is read or judged here."""

from dataclasses import dataclass

from bot.slack.payloads import FormSubmission

STATUS, VALUE, UNIT, WORDS = "status", "value", "unit", "detail"
EVIDENCE, KEEP, ADD = "evidence", "keep", "add"
WHAT, WHO, WHO_SAID, BY = "what", "who", "who_said", "by"
"""The fields of the forms, by block id."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled form."""

    status: str
    typed: str
    """The figure or the address that was typed."""
    chosen: tuple[str, ...]
    """The day, people, groups or options that were chosen."""
    unit: str
    words: str
    links: str
    who: str | None
    by: str | None

    @classmethod
    def of(cls, form: FormSubmission) -> "Filled":
        """Return what a submitted form holds; a field that it does not have is empty."""
        return cls(
            status=form.choice(STATUS) or "",
            typed=form.text(VALUE),
            chosen=form.choices(VALUE),
            unit=form.choice(UNIT) or "",
            words=form.text(WORDS),
            links=form.text(EVIDENCE),
            who=form.choice(WHO),
            by=form.choice(BY),
        )

    @property
    def people(self) -> frozenset[str]:
        """Whoever was chosen, by Slack id, so that Slack can be asked who they are."""
        return frozenset(one for one in (*self.chosen, self.who or "") if one[:1] in {"U", "W"})


@dataclass(frozen=True, slots=True)
class FilledPlan:
    """A filled plan: the next step, who takes it, by when."""

    what: str
    who: str | None
    who_said: str
    by: str | None

    @classmethod
    def of(cls, form: FormSubmission) -> "FilledPlan":
        """Return what a submitted form holds."""
        return cls(
            what=form.text(WHAT), who=form.choice(WHO), who_said=form.text(WHO_SAID), by=form.choice(BY)
        )
