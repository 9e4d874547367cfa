"""The parts of the page, each as HTML: sidebar, head, timeline, thread, modals, Home tab, clock, inspector.

A pane is drawn from the state every time, for one person at one place; the page puts them together and the event
stream sends those that changed. Drawing changes nothing, except that what a person looks at counts as read.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, Protocol

from markupsafe import Markup

from sandbox.clock import Clock
from sandbox.state import Json, State

from .avatars import avatar_of
from .drawn_rows import DrawnRows
from .frame import Frame
from .inspecting import exchange_note
from .listing import Listing
from .message_rows import channel_rows, thread_rows
from .reader import Reader
from .rendering import environment, render_blocks
from .time_words import day_words, leaps, spoken_lead
from .unread import Reading
from .where import Where

# What people type as in Slack, besides the app's own commands.
OWN_COMMANDS = ("/invite", "/leave")

_TRAFFIC_SHOWN = 80
_NO_APP: Json = {"name": "No app", "commands": [], "shortcuts": []}


class Line(Protocol):
    """Whether an app listens."""

    def is_open(self) -> bool: ...


class Panes:
    def __init__(self, state: State, clock: Clock, line: Line) -> None:
        self._state = state
        self._clock = clock
        self._line = line
        self._reading = Reading(state)
        self._listing = Listing(state, clock, self._reading)
        self._rows = DrawnRows(state)

    def page(self, where: Where) -> str:
        """All of it, for a browser that comes new."""
        channel, app = self._channel(where), self._app(where)
        title = f"#{channel['name']}" if channel.get("name") else str(app["name"])
        return self._draw(
            "page.html",
            where,
            panes=self,
            title=f"{app['name']} Home" if where.tab == "home" else title,
            team=self._team(where),
            channel=channel,
            app=app,
        )

    def sidebar(self, where: Where) -> Markup:
        team = self._team(where)
        return self._part(
            "sidebar.html",
            where,
            team=team,
            app=self._app(where),
            channels=self._listing.channels(where),
            direct=self._listing.direct(where, self._bot_user_id(where)),
            people=self._listing.people(where, team["id"], also_gone=True),
        )

    def who(self, where: Where) -> Markup:
        """The switch for who one is, with a mark for people something awaits."""
        teams = [
            (team, self._listing.people(where, team["id"], also_gone=False))
            for team in self._state.teams.values()
        ]
        others_wait = any(p["waiting"] for _, people in teams for p in people if not p["me"])
        me = self._listing.person(where, self._reader(where).me)
        return self._part("who.html", where, teams=teams, me=me, others_wait=others_wait)

    def head(self, where: Where) -> Markup:
        reader, channel, app = self._reader(where), self._channel(where), self._app(where)
        members = [m for m in self._state.members.get(where.channel_id, ()) if m in self._state.users]
        return self._part(
            "head.html",
            where,
            channel=channel,
            app=app,
            is_direct=bool(channel.get("is_im")),
            members=[avatar_of(reader, m) for m in members],
            names=", ".join(reader.name_of(m) for m in members),
            bot_is_in=self._bot_user_id(where) in members,
            is_member=where.user_id in members,
            shortcuts=[s for s in app["shortcuts"] if s["type"] == "global"],
        )

    def timeline(self, where: Where) -> Markup:
        self._reading.seen(where.user_id, where.channel_id)
        rows, earlier = channel_rows(self._state, where)
        return self._part(
            "timeline.html",
            where,
            days=[(day, list(group)) for day, group in groupby(rows, key=lambda row: row.day)],
            earlier=earlier,
            day_words=day_words,
            today=self._clock.now().astimezone(self._reader(where).zone).date(),
            channel=self._channel(where),
            app=self._app(where),
            draw=self._rows.drawer(where, self._app(where), in_thread=False),
        )

    def thread(self, where: Where) -> Markup:
        rows = thread_rows(self._state, where) if where.thread_ts else []
        return self._part(
            "thread.html",
            where,
            rows=rows,
            replies=sum(1 for row in rows if row.ts != where.thread_ts and not row.ephemeral),
            draw=self._rows.drawer(where, self._app(where), in_thread=True),
        )

    def composer(self, where: Where, *, in_thread: bool) -> Markup:
        channel, app = self._channel(where), self._app(where)
        is_direct = bool(channel.get("is_im")) or not channel
        return self._part(
            "composer.html",
            where,
            channel=channel,
            in_thread=in_thread,
            is_member=not channel or self._state.is_member(where.user_id, where.channel_id),
            is_deaf=is_direct and not app.get("takes_direct_messages", True),
            app=app,
            commands=[*app["commands"], *OWN_COMMANDS],
            names=self._names(where),
        )

    def home(self, where: Where) -> Markup:
        view = self._state.home(where.user_id)
        frame = self._view_frame(where, view, {})
        return self._part("home.html", where, view=view, app=self._app(where), frame=frame)

    def modals(self, where: Where, errors: dict[str, str] | None = None, trouble: str = "") -> Markup:
        """The topmost open modal; those below wait until it is gone."""
        open_views = self._state.open_views(where.user_id)
        view = open_views[-1] if open_views else None
        frame = self._view_frame(where, view, errors or {})
        return self._part("modals.html", where, view=view, app=self._app(where), frame=frame, trouble=trouble)

    def clock(self, where: Where) -> Markup:
        now = self._clock.now().astimezone(self._reader(where).zone)
        ahead = spoken_lead(self._clock.offset_seconds)
        refuses = bool(self._state.refused_blocks)
        return self._part("clock.html", where, now=now, ahead=ahead, leaps=leaps(now), refuses=refuses)

    def inspector_summary(self, where: Where) -> Markup:
        entries = list(self._state.traffic)
        last = entries[-1] if entries else None
        listening = self._line.is_open()
        return self._part("inspector_summary.html", where, count=len(entries), last=last, listening=listening)

    def inspector_list(self, where: Where) -> Markup:
        entries = list(self._state.traffic)[-_TRAFFIC_SHOWN:]
        zone = self._reader(where).zone
        newest_first = list(reversed(entries))
        return self._part(
            "inspector_list.html", where, entries=newest_first, zone=zone, exchange_note=exchange_note
        )

    # Inside

    def _part(self, template: str, where: Where, **facts: Any) -> Markup:
        return Markup(self._draw(template, where, **facts))  # noqa: S704 - rendered with autoescape

    def _draw(self, template: str, where: Where, **facts: Any) -> str:
        found = environment().get_template(template)
        return found.render(where=where, reader=self._reader(where), render_blocks=render_blocks, **facts)

    def _reader(self, where: Where) -> Reader:
        return Reader.of(self._state, where.user_id)

    def _team(self, where: Where) -> Json:
        return self._state.teams.get(self._reader(where).team_id, {"id": "", "name": "Nobody's workspace"})

    def _channel(self, where: Where) -> Json:
        return self._state.channels.get(where.channel_id, {})

    def _app(self, where: Where) -> Json:
        installation = self._state.installations.get(self._reader(where).team_id)
        return self._state.apps[installation["app_id"]] if installation else _NO_APP

    def _bot_user_id(self, where: Where) -> str:
        return str(self._state.installations.get(self._reader(where).team_id, {}).get("bot_user_id", ""))

    def _view_frame(self, where: Where, view: Json | None, errors: dict[str, str]) -> Frame:
        values = (view or {}).get("state", {}).get("values", {})
        view_id = str((view or {}).get("id", ""))
        return Frame(self._reader(where), "view", view_id=view_id, values=values, errors=errors)

    def _names(self, where: Where) -> list[Json]:
        """What the composer completes after an @ or a #."""
        reader, app_name = self._reader(where), str(self._app(where)["name"])
        people = [{"insert": f"@{u['name']}", "label": reader.name_of(u["id"])} for u in reader.colleagues()]
        app = {"insert": f"@{app_name.lower()}", "label": app_name}
        groups = [
            {"insert": f"@{g['handle']}", "label": g["name"]}
            for g in self._state.usergroups.values()
            if g["team_id"] == reader.team_id
        ]
        channels = [{"insert": f"#{c['name']}", "label": c["name"]} for c in reader.known_channels()]
        return [*people, app, *groups, *channels]
