"""Whether those whom the playbook's reminders are meant for are there: the doctor's look at leads, the sponsor and the week.

Sends nothing. Who hears at which hour is not looked at: that differs from person to person and day to day.
"""

from collections.abc import Iterator

from bot.commands.findings import Finding
from bot.domain.matters import Tells
from bot.domain.people import Person
from bot.domain.playbook import Playbook
from bot.domain.rhythm import Leads
from bot.slack.answers import Identity
from bot.slack.failures import SlackFailure
from bot.slack.gateway import SlackGateway
from prompts.english import counted
from prompts.playbook_files import NUDGES

MOST_LOOKED_AT = 20
"""People whose accounts are looked at: one who is there is enough."""


def reminding(playbook: Playbook) -> Finding:
    """Say whether anybody is reminded, and whether each of those whom a rule tells can be found."""
    rules = playbook.nudges.rules
    if not rules:
        mend = f"Remove the key rules from the playbook's {NUDGES} to have those that come with Preflight."
        return Finding(
            "reminders", ok=True, said="the playbook has no rules, so nobody is reminded", mend=mend
        )
    said = f"rules for {counted(len(rules), 'kind')} of matters"
    told = {who for rule in rules for rung in rule.rungs for who in rung.tells}
    if Tells.SPONSOR in told and playbook.nudges.knows.sponsor is None:
        said += ", of which none reaches a sponsor, because no question says who that is"
        mend = f"Name a question of the kind person under knows.sponsor in the playbook's {NUDGES}."
        return Finding("reminders", ok=True, said=said, mend=mend)
    return Finding("reminders", ok=True, said=said)


def week_unheard(variable: str) -> Finding:
    """Say that no channel is named in which people could hear of the week."""
    mend = f"Name a channel in {variable}, and invite Preflight there."
    return Finding(variable, ok=True, said="not set, so nobody hears of the week", mend=mend)


async def leading(slack: SlackGateway, identity: Identity, leads: Leads) -> list[Finding]:
    """Return what was found about those who lead the portfolio: the group is there, and somebody is."""
    if leads.anybody:
        return [Finding("leads", ok=True, said="nobody is named, so everybody sees the whole portfolio")]
    found = []
    try:
        if leads.group:
            found.append(await _group(slack, identity, leads.group))
        people = {
            one: await slack.person(identity.workspace_id, one) for one in leads.people[:MOST_LOOKED_AT]
        }
    except SlackFailure as failure:
        mend = "Mend the scopes first, then look again."
        return [Finding("leads", ok=False, said=str(failure), mend=mend)]
    return [*found, *_people(people)]


async def _group(slack: SlackGateway, identity: Identity, handle: str) -> Finding:
    what = f"leads @{handle}"
    group = next((one for one in await slack.groups(identity.workspace_id) if one.handle == handle), None)
    if group is None:
        mend = f"Create the user group in Slack, or name another one, or people, under leads in the playbook's {NUDGES}."
        return Finding(what, ok=False, said="there is no such user group", mend=mend)
    mend = "Add people to the user group in Slack."
    if not group.members:
        return Finding(what, ok=False, said="nobody is in it", mend=mend)
    looked_at = sorted(group.members)[:MOST_LOOKED_AT]
    people = [await slack.person(identity.workspace_id, one) for one in looked_at]
    if len(looked_at) == len(group.members) and not any(one and not one.cannot_act for one in people):
        return Finding(what, ok=False, said="only guests, bots or deactivated accounts are in it", mend=mend)
    count = len(group.members)
    return Finding(what, ok=True, said=f"{counted(count, 'person is', 'people are')} in it")


def _people(people: dict[str, Person | None]) -> Iterator[Finding]:
    mend = f"Name somebody else under leads in the playbook's {NUDGES}."
    for user_id, person in people.items():
        what = f"lead {user_id}"
        if person is None:
            yield Finding(what, ok=False, said="nobody has this id", mend=mend)
        elif person.cannot_act:
            said = f"{person.name} is a guest, a bot, of another workspace, or deactivated"
            yield Finding(what, ok=False, said=said, mend=mend)
        else:
            yield Finding(what, ok=True, said=person.name)
