"""Who hears of what, in words for whoever writes a playbook: ladders, what differs between two, and what is probably not meant.

Only wording, for reports on a screen; when a rung is due is in `bot.domain.ladder`, and what people read is in the rules.
"""

from collections.abc import Iterator, Sequence

from bot.domain.matters import MatterKind, Rule, Rung, Tells
from bot.domain.playbook import Playbook
from bot.domain.rhythm import Leads, NudgeRhythm
from prompts.english import counted, join_words

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def reminders_said(rhythm: NudgeRhythm) -> str:
    """Return who is reminded when, on one line."""
    weekly = rhythm.weekly
    kinds = counted(len(rhythm.rules), "kind") if rhythm.rules else "no kind"
    return (
        f"people hear of {kinds} of matters, {days_said(rhythm.days)} from {rhythm.from_hour}:00 to "
        f"{rhythm.until_hour}:00; of the week on {WEEKDAYS[weekly.weekday]} at {weekly.hour}:00 ({weekly.zone}); "
        f"{leads_said(rhythm.leads)} the whole portfolio"
    )


def days_said(days: Sequence[int]) -> str:
    """Return weekdays by name: "Monday to Friday", "Sunday and Monday"."""
    if len(days) > 2 and list(days) == [*range(days[0], days[-1] + 1)]:
        return f"{WEEKDAYS[days[0]]} to {WEEKDAYS[days[-1]]}"
    return join_words([WEEKDAYS[day] for day in days])


def leads_said(leads: Leads) -> str:
    """Return who leads the portfolio, as the beginning of a sentence about what they see."""
    named = [f"@{leads.group}"] if leads.group else []
    named += [counted(len(leads.people), "person", "people")] if leads.people else []
    if not named:
        return "everybody sees"
    alone = len(named) == 1 and len(leads.people) < 2
    return f"{join_words(named)} {'sees' if alone else 'see'}"


def ladder_said(rule: Rule) -> str:
    """Return when who hears: "day 0 owner, day 3 champion and owner; then every 15 champion"."""
    said = ", ".join(_rung(rung) for rung in rule.rungs)
    return said + (f"; then every {rule.again.every} {_who(rule.again.tells)}" if rule.again else "")


def _rung(rung: Rung) -> str:
    return f"day {rung.at} {_who(rung.tells)}"


def _who(tells: Sequence[Tells]) -> str:
    return join_words([str(one) for one in tells])


def rule_changes(before: Rule, after: Rule) -> str:
    """Return how the rule about a kind of matter differs; "" where it does not."""
    was, will = ladder_said(before), ladder_said(after)
    said = [f"{was} → {will}"] if was != will else []
    if _words(before) != _words(after):
        said.append("says reworded")
    return "; ".join(said)


def _words(rule: Rule) -> list[str]:
    again = [rule.again.says] if rule.again else []
    return [rung.says for rung in rule.rungs] + again


def odd_rules(playbook: Playbook) -> Iterator[str]:
    """Say where a rule cannot do what it seems to, and what nobody ever hears of."""
    rhythm = playbook.nudges
    told = {rule.about for rule in rhythm.rules}
    if silent := [str(kind) for kind in MatterKind if kind not in told]:
        yield f"no rule is about {join_words(silent, 'or')}, so nobody is reminded of that"
    if rhythm.knows.sponsor is None and any(map(_tells_sponsor, rhythm.rules)):
        yield "no question says who the sponsor is (knows.sponsor), so rungs that tell the sponsor reach nobody"
    if MatterKind.REVIEW in told and len(getattr(rhythm.rule(MatterKind.REVIEW), "rungs", ())) > 1:
        yield "review: reminders follow the policy, so only the words of its first rung are used"
    if not any(stage.decide_after_days for stage in playbook.stages) and rhythm.knows.decision_date is None:
        yield "no stage has decide_after_days, so a pilot may stay in its stage for ever"


def _tells_sponsor(rule: Rule) -> bool:
    return any(Tells.SPONSOR in rung.tells for rung in rule.rungs)
