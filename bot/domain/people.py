"""People and user groups as Slack tells of them, and the one question that rules ask: may this person take part."""

from bot.domain.values import Frozen


class Person(Frozen):
    """A Slack user as last seen."""

    workspace_id: str
    user_id: str
    name: str
    time_zone: str = "UTC"
    locale: str = ""
    """The language and region that the person uses Slack in ("de-DE"); empty where Slack did not say."""
    deactivated: bool = False
    guest: bool = False
    bot: bool = False
    home_workspace_id: str = ""

    @property
    def from_elsewhere(self) -> bool:
        """Whether the person belongs to another workspace (Slack Connect)."""
        return bool(self.home_workspace_id) and self.home_workspace_id != self.workspace_id

    @property
    def cannot_act(self) -> bool:
        """Whether the person can take no part in a decision: gone, a guest, of another workspace, or no person at all."""
        return self.deactivated or self.guest or self.bot or self.from_elsewhere


def is_group(owner_id: str) -> bool:
    """Whether an owner's id names a Slack user group rather than a person."""
    return owner_id.startswith("S")


def group_or_none(owner_id: str | None) -> str | None:
    """Return the group that somebody speaks for who does what an owner may; None where the owner is a person."""
    return owner_id if owner_id and is_group(owner_id) else None


def mention(owner_id: str) -> str:
    """Return the mrkdwn that Slack shows as the person's or the group's name."""
    return f"<!subteam^{owner_id}>" if is_group(owner_id) else f"<@{owner_id}>"
