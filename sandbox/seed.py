"""The workspace a fresh sandbox starts with: two teams, their people, channels and groups, and the app as installed.

Ids are constants, so that tests and the page can name people. Tokens are made up, fixed, and worth nothing outside
this process.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox import app_config
from sandbox.app_config import AppConfig, configure
from sandbox.state import Json, State

# Read from here as well, beside the other constants.
APP, APP_TOKEN, SIGNING_SECRET = app_config.APP, app_config.APP_TOKEN, app_config.SIGNING_SECRET

NORTHWIND = "T0NORTHWND"
CONTOSO = "T0CONTOSO1"

MAYA = "U0MAYACHEN"
JONAS = "U0JONASWEB"
PRIYA = "U0PRIYANAI"
TOMAS = "U0TOMASSIL"
LENA = "U0LENAFISC"
SAM = "U0SAMOKAFO"
GUS = "U0GUSGUEST"
DORA = "U0DORAPAST"
BOT = "U0PREFLIGT"

CARLA = "U0CARLACON"
CHEN = "U0CHENCONT"
CONTOSO_BOT = "U0PREFLCON"

AI_PILOTS = "C0AIPILOTS"
GATE_REVIEWS = "C0GATEREVW"
PREFLIGHT_OPS = "C0PREFLOPS"
GENERAL = "C0GENERAL1"
CONTOSO_PILOTS = "C0CONTPILO"

PAYMENTS_OPS = "S0PAYMENTS"
GATE_APPROVERS = "S0GATEAPPR"
MERCHANDISING_OPS = "S0MERCHAND"
SECURITY_REVIEWERS = "S0SECURITY"
FINANCE_PARTNERS = "S0FINANCEP"
OPERATIONS = "S0OPERATIO"
RISK_OFFICE = "S0RISKOFFI"
PORTFOLIO_LEADS = "S0PORTLEAD"

BOT_ID = "B0PREFLIGT"
CONTOSO_BOT_ID = "B0PREFLCON"
BOT_TOKEN = "xoxb-sandbox"  # noqa: S105 - a name, not a secret: it opens nothing but this sandbox
CONTOSO_BOT_TOKEN = "xoxb-sandbox-contoso"  # noqa: S105 - as above

_FIRST_DAY = datetime.fromisoformat("2026-01-12T09:00:00+00:00")


@dataclass(frozen=True)
class Person:
    user_id: str
    name: str
    real_name: str
    title: str
    tz: str
    # The language that the person uses Slack in, as Slack writes it; it offers no Portuguese of Portugal, say.
    locale: str = "en-US"
    flags: dict[str, bool] = field(default_factory=dict)


NORTHWIND_PEOPLE = (
    Person(MAYA, "maya", "Maya Chen", "Product Manager, Customer Care", "Europe/Berlin", "de-DE"),
    Person(JONAS, "jonas", "Jonas Weber", "Payments Operations Lead", "Europe/Berlin", "de-DE"),
    Person(PRIYA, "priya", "Priya Nair", "Security Engineer", "Asia/Kolkata", "en-GB"),
    Person(TOMAS, "tomas", "Tomás Silva", "Finance Partner", "Europe/Lisbon", "en-GB"),
    Person(
        LENA, "lena", "Lena Fischer", "AI Portfolio Lead", "America/New_York", "en-US", {"is_admin": True}
    ),
    Person(SAM, "sam", "Sam Okafor", "Merchandising Operations", "America/Los_Angeles", "en-US"),
    Person(GUS, "gus", "Gus Guest", "Agency", "Europe/Berlin", "de-DE", {"is_restricted": True}),
    Person(DORA, "dora", "Dora Past", "Formerly Customer Care", "Europe/Berlin", "de-DE", {"deleted": True}),
)
CONTOSO_PEOPLE = (
    Person(CARLA, "carla", "Carla Rossi", "Head of Automation", "Europe/Rome", "it-IT", {"is_admin": True}),
    Person(CHEN, "chen", "Chen Wei", "Operations Analyst", "Asia/Singapore", "en-GB"),
)


def seed_workspace(state: State, app: AppConfig | None = None) -> None:
    """Fill an empty state with the two teams."""
    app = app or AppConfig()
    configure(state, app)
    _add_team(state, NORTHWIND, "Northwind Goods", "northwind-goods", app, (BOT, BOT_ID, BOT_TOKEN))
    _add_team(
        state, CONTOSO, "Contoso Labs", "contoso-labs", app, (CONTOSO_BOT, CONTOSO_BOT_ID, CONTOSO_BOT_TOKEN)
    )
    for person in NORTHWIND_PEOPLE:
        state.users[person.user_id] = user_record(state, NORTHWIND, person)
    for person in CONTOSO_PEOPLE:
        state.users[person.user_id] = user_record(state, CONTOSO, person)
    everybody = [MAYA, JONAS, PRIYA, TOMAS, LENA, SAM, GUS]
    staff = [MAYA, JONAS, PRIYA, TOMAS, LENA, SAM]
    add_channel(
        state,
        NORTHWIND,
        AI_PILOTS,
        "ai-pilots",
        [*everybody, BOT],
        topic="AI pilots, from idea to production",
    )
    add_channel(
        state,
        NORTHWIND,
        GATE_REVIEWS,
        "gate-reviews",
        [*staff, BOT],
        topic="Promotions waiting for a decision",
    )
    add_channel(state, NORTHWIND, PREFLIGHT_OPS, "preflight-ops", [LENA, JONAS, BOT], private=True)
    add_channel(state, NORTHWIND, GENERAL, "general", everybody, topic="Company-wide", general=True)
    add_channel(state, CONTOSO, CONTOSO_PILOTS, "pilots", [CARLA, CHEN, CONTOSO_BOT])
    _add_usergroup(state, PAYMENTS_OPS, "payments-ops", "Payments Operations", [JONAS, SAM])
    _add_usergroup(state, GATE_APPROVERS, "gate-approvers", "Gate approvers", [PRIYA, TOMAS, LENA])
    _add_usergroup(state, MERCHANDISING_OPS, "merchandising-ops", "Merchandising Operations", [SAM])
    _add_usergroup(state, SECURITY_REVIEWERS, "security-reviewers", "Security reviewers", [PRIYA, SAM])
    _add_usergroup(state, FINANCE_PARTNERS, "finance-partners", "Finance partners", [TOMAS, LENA])
    _add_usergroup(state, OPERATIONS, "operations", "Operations", [SAM, JONAS])
    _add_usergroup(state, RISK_OFFICE, "risk-office", "Risk office", [LENA, SAM])
    _add_usergroup(state, PORTFOLIO_LEADS, "portfolio-leads", "Portfolio leads", [LENA])


def user_record(state: State, team_id: str, person: Person) -> Json:
    """A person as `users.info` shows them to whoever asks for the locale too."""
    first, _, last = person.real_name.partition(" ")
    record: Json = {
        "id": person.user_id,
        "team_id": team_id,
        "name": person.name,
        "deleted": False,
        "color": "9f69e7",
        "real_name": person.real_name,
        **time_zone_fields(person.tz, state.clock.now()),
        "profile": {
            "title": person.title,
            "phone": "",
            "skype": "",
            "real_name": person.real_name,
            "real_name_normalized": person.real_name,
            "display_name": person.name,
            "display_name_normalized": person.name,
            "fields": {},
            "status_text": "",
            "status_emoji": "",
            "status_expiration": 0,
            "avatar_hash": f"g{person.user_id.lower()}",
            "email": f"{person.name}@{state.teams[team_id]['domain']}.example",
            "first_name": first,
            "last_name": last,
            "team": team_id,
        },
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "updated": int(_FIRST_DAY.timestamp()),
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
        "locale": person.locale,
    }
    return record | person.flags


def time_zone_fields(tz: str, now: datetime) -> Json:
    local = now.astimezone(ZoneInfo(tz))
    offset = local.utcoffset()
    return {
        "tz": tz,
        "tz_label": local.tzname() or tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
    }


def add_channel(
    state: State,
    team_id: str,
    channel_id: str,
    name: str,
    members: list[str],
    *,
    topic: str = "",
    private: bool = False,
    general: bool = False,
) -> Json:
    created = int(_FIRST_DAY.timestamp())
    creator = members[0]
    described: dict[str, Any] = {
        "value": topic,
        "creator": creator if topic else "",
        "last_set": created if topic else 0,
    }
    state.channels[channel_id] = {
        "id": channel_id,
        "name": name,
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "created": created,
        "is_archived": False,
        "is_general": general,
        "unlinked": 0,
        "name_normalized": name,
        "is_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": team_id,
        "updated": created * 1000,
        "parent_conversation": None,
        "creator": creator,
        "is_ext_shared": False,
        "shared_team_ids": [team_id],
        "pending_connected_team_ids": [],
        "topic": described,
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }
    state.members[channel_id] = list(members)
    state.messages[channel_id] = {}
    return state.channels[channel_id]


def _add_team(
    state: State, team_id: str, name: str, domain: str, app: AppConfig, bot: tuple[str, str, str]
) -> None:
    bot_user_id, bot_id, token = bot
    state.teams[team_id] = {
        "id": team_id,
        "name": name,
        "domain": domain,
        "email_domain": "",
        "icon": {"image_default": True},
        "url": f"https://{domain}.slack.example/",
    }
    state.installations[team_id] = {
        "team_id": team_id,
        "app_id": app.app_id,
        "bot_id": bot_id,
        "bot_user_id": bot_user_id,
        "bot_token": token,
    }
    person = Person(
        bot_user_id,
        app.name.lower(),
        app.name,
        "",
        "America/Los_Angeles",
        "en-US",
        {"is_bot": True, "is_email_confirmed": False},
    )
    record = user_record(state, team_id, person)
    record["profile"] |= {"api_app_id": app.app_id, "bot_id": bot_id, "always_active": True}
    del record["profile"]["email"]
    state.users[bot_user_id] = record


def _add_usergroup(state: State, group_id: str, handle: str, name: str, users: list[str]) -> None:
    created = int(_FIRST_DAY.timestamp())
    state.usergroups[group_id] = {
        "id": group_id,
        "team_id": NORTHWIND,
        "is_usergroup": True,
        "is_subteam": True,
        "name": name,
        "description": "",
        "handle": handle,
        "is_external": False,
        "date_create": created,
        "date_update": created,
        "date_delete": 0,
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": LENA,
        "updated_by": LENA,
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
        "users": users,
        "user_count": len(users),
        "channel_count": 0,
    }
