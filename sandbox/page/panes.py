"""The parts of the page, each as HTML: sidebar, head, timeline, thread, modals, Home tab, clock, inspector.

A pane is drawn from the state every time, for one person at one place; the page puts them together and the event
stream sends those that changed. Drawing changes nothing, except that what a person looks at counts as read.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any, Protocol

from markupsafe import Markup

from sandbox.clock import Clock
from sandbox.state import Json, State
from sandbox.traffic import Traffic

from .avatars import avatar_of
from .emoji import BY_NAME, QUICK_REACTIONS
from .frame import Frame
from .message_rows import Row, channel_rows, thread_rows
from .reader import Reader
from .rendering import environment, pretty_json, render_blocks
from .unread import Reading
from .where import Where

LEAPS = (
    ("+1 hour", timedelta(hours=1)),
    ("+1 day", timedelta(days=1)),
    ("+3 days", timedelta(days=3)),
    ("+2 weeks", timedelta(weeks=2)),
)
OWN_COMMANDS = ("/invite", "/leave")
_TRAFFIC_SHOWN = 80
_DRAWN_KEPT = 2000


class Line(Protocol):
    """Whether an app listens."""

    def is_open(self) -> bool: ...


class Panes:
    def __init__(self, state: State, clock: Clock, line: Line) -> None:
        self._state = state
        self._clock = clock
        self._line = line
        self.reading = Reading(state)
        self._drawn: dict[tuple[str, ...], Markup] = {}

    # Everything

    def page(self, where: Where) -> str:
        reader = self._reader(where)
        channel = self._state.channels.get(where.channel_id, {})
        app = self._app(reader)
        title = (
            f"{app['name']} Home"
            if where.tab == "home"
            else f"#{channel['name']}"
            if channel.get("name")
            else app["name"]
        )
        team = self._state.teams.get(reader.team_id, {"name": "Nobody's workspace"})
        return self._draw("page.html", where, panes=self, title=title, team=team, channel=channel, app=app)

    # Parts

    def sidebar(self, where: Where) -> Markup:
        reader = self._reader(where)
        channels = [self._channel_entry(where, c) for c in self._listed_channels(reader)]
        direct = self._direct_channel(where.user_id)
        return self._part(
            "sidebar.html",
            where,
            team=self._state.teams.get(reader.team_id, {"name": "Nobody's workspace"}),
            channels=sorted(channels, key=lambda c: str(c["name"])),
            direct_unread=self.reading.unread(where.user_id, direct)
            if direct and direct != where.channel_id
            else 0,
            in_direct=bool(direct) and where.channel_id == direct,
            app=self._app(reader),
            people=[self._person_entry(where, u) for u in self._state.people(reader.team_id)],
        )

    def who(self, where: Where) -> Markup:
        """The switch for who one is, with a mark for people something awaits."""
        teams = [
            (team, [self._person_entry(where, u) for u in self._state.people(team["id"]) if not u["deleted"]])
            for team in self._state.teams.values()
        ]
        others_wait = any(p["waiting"] for _, people in teams for p in people if not p["me"])
        me = self._person_entry(where, self._reader(where).me)
        return self._part("who.html", where, teams=teams, me=me, others_wait=others_wait)

    def head(self, where: Where) -> Markup:
        reader = self._reader(where)
        channel = self._state.channels.get(where.channel_id, {})
        members = [m for m in self._state.members.get(where.channel_id, ()) if m in self._state.users]
        bot = self._bot_user_id(reader)
        return self._part(
            "head.html",
            where,
            channel=channel,
            app=self._app(reader),
            is_direct=bool(channel.get("is_im")),
            members=[avatar_of(reader, m) for m in members],
            names=", ".join(reader.name_of(m) for m in members),
            bot_is_in=bot in members,
            is_member=where.user_id in members,
            shortcuts=self._shortcuts(reader, "global"),
        )

    def timeline(self, where: Where) -> Markup:
        self.reading.seen(where.user_id, where.channel_id)
        rows = channel_rows(self._state, where)
        days = [(day, list(group)) for day, group in groupby(rows, key=lambda row: row.day)]
        return self._part("timeline.html", where, days=days, **self._row_context(where, in_thread=False))

    def thread(self, where: Where) -> Markup:
        rows = thread_rows(self._state, where) if where.thread_ts else []
        replies = sum(1 for row in rows if row.ts != where.thread_ts and not row.ephemeral)
        return self._part(
            "thread.html", where, rows=rows, replies=replies, **self._row_context(where, in_thread=True)
        )

    def composer(self, where: Where, *, in_thread: bool) -> Markup:
        reader = self._reader(where)
        channel = self._state.channels.get(where.channel_id, {})
        return self._part(
            "composer.html",
            where,
            channel=channel,
            in_thread=in_thread,
            is_direct=bool(channel.get("is_im")),
            is_member=self._state.is_member(where.user_id, where.channel_id),
            app=self._app(reader),
            commands=[*self._app(reader).get("commands", []), *OWN_COMMANDS],
            names=self._names(reader),
        )

    def home(self, where: Where) -> Markup:
        view = self._state.home(where.user_id)
        return self._part(
            "home.html",
            where,
            view=view,
            app=self._app(self._reader(where)),
            frame=self._view_frame(where, view),
        )

    def modals(self, where: Where, errors: dict[str, str] | None = None, notice: str = "") -> Markup:
        """The topmost open modal; those below wait until it is gone."""
        open_views = self._state.open_views(where.user_id)
        view = open_views[-1] if open_views else None
        return self._part(
            "modals.html",
            where,
            view=view,
            depth=len(open_views),
            app=self._app(self._reader(where)),
            frame=self._view_frame(where, view, errors),
            notice=notice,
        )

    def clock(self, where: Where) -> Markup:
        now = self._clock.now()
        return self._part(
            "clock.html",
            where,
            now=now.astimezone(self._reader(where).zone),
            epoch=now.timestamp(),
            offset=self._clock.offset_seconds,
            ahead=spoken_lead(self._clock.offset_seconds),
            leaps=[(words, leap.total_seconds()) for words, leap in LEAPS],
        )

    def inspector_summary(self, where: Where) -> Markup:
        entries = list(self._state.traffic)
        return self._part(
            "inspector_summary.html",
            where,
            count=len(entries),
            last=entries[-1] if entries else None,
            listening=self._line.is_open(),
        )

    def inspector_list(self, where: Where) -> Markup:
        entries = list(self._state.traffic)[-_TRAFFIC_SHOWN:]
        return self._part(
            "inspector_list.html",
            where,
            entries=list(reversed(entries)),
            zone=self._reader(where).zone,
            exchange_note=exchange_note,
        )

    def inspector_entry(self, entry: Traffic) -> Markup:
        parts = [("Sent", entry.request), ("Answered", entry.response)]
        return Markup("").join(
            Markup('<h4>{}</h4><pre class="code-block">{}</pre>').format(title, pretty_json(value))
            for title, value in parts
            if value is not None
        )

    def toast(self, words: str) -> Markup:
        return Markup(environment().get_template("toast.html").render(words=words))  # noqa: S704 - our template

    # Inside

    def _reader(self, where: Where) -> Reader:
        return Reader.of(self._state, where.user_id)

    def _part(self, template: str, where: Where, **facts: Any) -> Markup:
        return Markup(self._draw(template, where, **facts))  # noqa: S704 - rendered with autoescape

    def _draw(self, template: str, where: Where, **facts: Any) -> str:
        reader = self._reader(where)
        return (
            environment()
            .get_template(template)
            .render(where=where, reader=reader, render_blocks=render_blocks, **facts)
        )

    def _row_context(self, where: Where, *, in_thread: bool) -> dict[str, Any]:
        reader = self._reader(where)
        known = self._directory_print(reader)
        facts = {
            "where": where,
            "reader": reader,
            "quick_reactions": [(name, BY_NAME[name]) for name in QUICK_REACTIONS],
            "shortcuts": self._shortcuts(reader, "message"),
            "app": self._app(reader),
            "in_thread": in_thread,
        }

        def draw(row: Row) -> Markup:
            key = (*row.fingerprint, known)
            if key not in self._drawn:
                while len(self._drawn) >= _DRAWN_KEPT:
                    del self._drawn[next(iter(self._drawn))]
                module: Any = environment().get_template("message.html").module
                self._drawn[key] = module.message(row, **facts)
            return self._drawn[key]

        return {
            "draw": draw,
            "today": self._clock.now().astimezone(reader.zone).date(),
            "day_words": day_words,
            "channel": self._state.channels.get(where.channel_id, {}),
            "app": facts["app"],
        }

    def _directory_print(self, reader: Reader) -> str:
        """Changes when a name, a zone or a shortcut does, so that rows drawn before are drawn again."""
        people = [(u["real_name"], u["name"], u.get("tz"), u["deleted"]) for u in self._state.users.values()]
        channels = [(c.get("name"), len(self._state.members[i])) for i, c in self._state.channels.items()]
        groups = [(g["handle"], g["users"]) for g in self._state.usergroups.values()]
        return str(hash(str((people, channels, groups, self._app(reader), self._clock.now().date()))))

    def _names(self, reader: Reader) -> list[Json]:
        """What the composer completes after an @ or a #."""
        people = [{"insert": f"@{u['name']}", "label": reader.name_of(u["id"])} for u in reader.colleagues()]
        groups = [
            {"insert": f"@{g['handle']}", "label": g["name"]}
            for g in self._state.usergroups.values()
            if g["team_id"] == reader.team_id
        ]
        channels = [{"insert": f"#{c['name']}", "label": c["name"]} for c in reader.known_channels()]
        return [
            *people,
            {"insert": f"@{self._app(reader)['name'].lower()}", "label": self._app(reader)["name"]},
            *groups,
            *channels,
        ]

    def _view_frame(self, where: Where, view: Json | None, errors: dict[str, str] | None = None) -> Frame:
        values = (view or {}).get("state", {}).get("values", {})
        view_id = str((view or {}).get("id", ""))
        return Frame(self._reader(where), "view", view_id=view_id, values=values, errors=errors or {})

    def _app(self, reader: Reader) -> Json:
        installation = self._state.installations.get(reader.team_id)
        return (
            self._state.apps[installation["app_id"]]
            if installation
            else {"name": "No app", "commands": [], "shortcuts": []}
        )

    def _bot_user_id(self, reader: Reader) -> str:
        return str(self._state.installations.get(reader.team_id, {}).get("bot_user_id", ""))

    def _shortcuts(self, reader: Reader, kind: str) -> list[Json]:
        return [s for s in self._app(reader)["shortcuts"] if s["type"] == kind]

    def _direct_channel(self, user_id: str) -> str:
        bot = self._bot_user_id(Reader.of(self._state, user_id))
        channel = self._state.im_between(user_id, bot) if bot else None
        return str(channel["id"]) if channel else ""

    def _listed_channels(self, reader: Reader) -> list[Json]:
        """Public channels of the team, and the private ones that the person is in."""
        return [
            c
            for c in self._state.channels.values()
            if not c.get("is_im")
            and reader.channel_name(c["id"])
            and (reader.team_id in c["shared_team_ids"] or self._state.is_member(reader.user_id, c["id"]))
        ]

    def _channel_entry(self, where: Where, channel: Json) -> Json:
        mine = self._state.is_member(where.user_id, channel["id"])
        here = where.tab == "channel" and where.channel_id == channel["id"]
        return {
            "id": channel["id"],
            "name": channel["name"],
            "private": channel["is_private"],
            "archived": channel["is_archived"],
            "mine": mine,
            "here": here,
            "unread": self.reading.unread(where.user_id, channel["id"]) if mine and not here else 0,
        }

    def _person_entry(self, where: Where, user: Json) -> Json:
        reader = Reader.of(self._state, str(user.get("id", "")))
        return {
            "id": user.get("id", ""),
            "name": user.get("real_name", "Nobody"),
            "title": user.get("profile", {}).get("title", ""),
            "avatar": avatar_of(reader, str(user.get("id", ""))),
            "deleted": bool(user.get("deleted")),
            "guest": bool(user.get("is_restricted")),
            "admin": bool(user.get("is_admin")),
            "time": self._clock.now().astimezone(reader.zone),
            "tz": user.get("tz", ""),
            "me": user.get("id") == where.user_id,
            "waiting": self.reading.waiting(str(user.get("id", ""))) if user.get("id") else 0,
        }


def spoken_lead(seconds: float) -> str:
    """How far the clock is ahead of the real one, in words; empty for not at all."""
    if abs(seconds) < 60:
        return ""
    hours = round(seconds / 3600)
    days, rest = divmod(hours, 24)
    parts = [f"{days} day{'s' if days != 1 else ''}"] if days else []
    if rest or not days:
        parts.append(f"{rest} h" if rest else f"{round(seconds / 60)} min")
    return " ".join(parts)


def day_words(day: date, today: date) -> str:
    """How a timeline names a day."""
    near = {0: "Today", -1: "Yesterday", 1: "Tomorrow"}.get((day - today).days)
    return near or f"{day:%A}, {day.day} {day:%B %Y}"


def exchange_note(entry: Traffic) -> str:
    """The one detail that tells exchanges of one name apart."""
    about = entry.request if isinstance(entry.request, dict) else {}
    event = about.get("event")
    if isinstance(event, dict):
        return " ".join(str(event[key]) for key in ("type", "subtype") if event.get(key))
    if about.get("command"):
        return f"{about['command']} {about.get('text', '')}".strip()
    actions = about.get("actions")
    if isinstance(actions, list) and actions:
        return str(actions[0].get("action_id", ""))
    view = about.get("view")
    if isinstance(view, dict):
        return f"{about.get('type', '')} {view.get('callback_id', '')}".strip()
    return str(about.get("channel") or about.get("user") or about.get("type") or "")[:40]
