"""What people do: the page and the driver call this, and nothing else changes the workspace on a person's behalf.

Here are words, channels and people; what the app has to answer is in `interactions.py`. Refusals are
`SlackRefusalError`.
"""

import uuid
from collections.abc import Sequence

from sandbox import conversations, messages, people, reactions
from sandbox.api import files as files_api
from sandbox.interactions import Interactions, Outcome
from sandbox.refusals import SlackRefusalError
from sandbox.rich_text import typed as typed_by_a_person
from sandbox.state import Json

__all__ = ["Actions", "Outcome"]


class Actions(Interactions):
    """Everything a person can do."""

    # Words

    async def post(
        self,
        user_id: str,
        channel_id: str,
        text: str,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        files: Sequence[Json] = (),
    ) -> Json:
        """A message typed by a person; returns it."""
        self._active(user_id)
        channel = conversations.writable(self._state, user_id, channel_id)
        if channel.get("is_im") and not self._takes_direct_messages(channel):
            raise SlackRefusalError("messages_tab_disabled")
        words = typed_by_a_person(self._state, channel["context_team_id"], text)
        if not words.blocks and not files:
            raise SlackRefusalError("no_text")
        content: Json = {
            "user": user_id,
            "client_msg_id": str(uuid.uuid4()),
            "text": words.text,
            "team": self._state.user(user_id)["team_id"],
        }
        content |= {"blocks": words.blocks} if words.blocks else {}
        content |= {"files": list(files), "subtype": "file_share", "upload": False} if files else {}
        if thread_ts is not None:
            content["thread_ts"] = thread_ts
            if broadcast:
                content["subtype"] = "thread_broadcast"
        return messages.post(self._state, channel_id, content)

    async def edit(self, user_id: str, channel_id: str, ts: str, text: str) -> Json:
        """Only one's own messages."""
        self._active(user_id)
        channel = conversations.writable(self._state, user_id, channel_id)
        message = self._state.message(channel_id, ts)
        if not messages.is_author(message, user_id):
            raise SlackRefusalError("cant_update_message")
        words = typed_by_a_person(self._state, channel["context_team_id"], text)
        if not words.blocks:
            raise SlackRefusalError("no_text")
        changes = {"text": words.text, "blocks": words.blocks}
        return messages.update(self._state, channel_id, ts, changes, editor_id=user_id)

    async def unfurl(self, channel_id: str, ts: str, link: str, title: str) -> None:
        """What Slack does by itself to a message with a link: a preview, announced as `message_changed`."""
        message = self._state.message(channel_id, ts)
        preview = {
            "id": 1,
            "from_url": link,
            "original_url": link,
            "fallback": title,
            "title": title,
            "title_link": link,
        }
        changes = {"attachments": [*message.get("attachments", []), preview]}
        messages.update(self._state, channel_id, ts, changes, editor_id=None)

    async def delete(self, user_id: str, channel_id: str, ts: str) -> None:
        """One's own messages; a workspace administrator anybody's, the app's too."""
        self._active(user_id)
        conversations.visible(self._state, user_id, channel_id)
        message = self._state.message(channel_id, ts)
        if not messages.is_author(message, user_id) and not self._state.user(user_id)["is_admin"]:
            raise SlackRefusalError("cant_delete_message")
        messages.delete(self._state, channel_id, ts)

    async def react(self, user_id: str, channel_id: str, ts: str, name: str) -> None:
        self._active(user_id)
        conversations.writable(self._state, user_id, channel_id)
        reactions.react(self._state, user_id, channel_id, ts, name.strip(":"))

    async def unreact(self, user_id: str, channel_id: str, ts: str, name: str) -> None:
        self._active(user_id)
        conversations.writable(self._state, user_id, channel_id)
        reactions.unreact(self._state, user_id, channel_id, ts, name.strip(":"))

    # Channels and people

    async def invite_bot(self, user_id: str, channel_id: str) -> None:
        channel = conversations.writable(self._state, user_id, channel_id)
        bot_user_id = self._installation_for(channel["context_team_id"])["bot_user_id"]
        conversations.join(self._state, bot_user_id, channel_id, inviter_id=user_id)

    async def remove_bot(self, user_id: str, channel_id: str) -> None:
        channel = conversations.writable(self._state, user_id, channel_id)
        conversations.leave(
            self._state, self._installation_for(channel["context_team_id"])["bot_user_id"], channel_id
        )

    async def join_channel(self, user_id: str, channel_id: str) -> None:
        conversations.visible(self._state, self._active(user_id)["id"], channel_id)
        conversations.join(self._state, user_id, channel_id)

    async def invite(self, user_id: str, channel_id: str, invited_id: str) -> None:
        conversations.writable(self._state, user_id, channel_id)
        conversations.join(self._state, self._active(invited_id)["id"], channel_id, inviter_id=user_id)

    async def leave_channel(self, user_id: str, channel_id: str) -> None:
        conversations.leave(self._state, user_id, channel_id)

    async def share_channel(self, channel_id: str, team_id: str) -> None:
        """Slack Connect: from now on people of that team can be invited."""
        conversations.share(self._state, channel_id, team_id)

    async def rename_channel(self, user_id: str, channel_id: str, name: str) -> None:
        conversations.rename(self._state, user_id, channel_id, name)

    async def archive_channel(self, user_id: str, channel_id: str, *, archived: bool = True) -> None:
        conversations.archive(self._state, user_id, channel_id, archived=archived)

    async def deactivate(self, user_id: str) -> None:
        people.deactivate(self._state, user_id)

    async def reactivate(self, user_id: str) -> None:
        people.deactivate(self._state, user_id, deactivated=False)

    async def change_person(self, user_id: str, changes: Json) -> None:
        """Any other field of a person, `real_name` (which stands in the profile too) or `is_restricted` for example."""
        people.change(self._state, user_id, changes)

    async def move_to_time_zone(self, user_id: str, tz: str) -> None:
        people.move_to_time_zone(self._state, user_id, tz)

    async def switch_language(self, user_id: str, locale: str) -> None:
        """The language that a person uses Slack in: "de-DE"."""
        people.switch_language(self._state, user_id, locale)

    async def hire(self, team_id: str, name: str, real_name: str, tz: str = "Europe/Berlin") -> str:
        return str(people.hire(self._state, team_id, name, real_name, tz)["id"])

    async def change_usergroup(self, group_id: str, users: Sequence[str]) -> None:
        people.change_usergroup(self._state, group_id, list(users))

    async def skip_ahead(self, *, days: float = 0, hours: float = 0) -> None:
        """Push the workspace's clock; what falls due happens at once."""
        self._state.clock.skip(days=days, hours=hours)
        self._state.changed("clock")

    async def add_file(self, user_id: str, name: str, content: str = "") -> Json:
        """A file to hand to `post`."""
        stored = files_api.stored(self._state, self._active(user_id)["team_id"], user_id, name, content)
        return files_api.described(self._state, stored, self.address)

    async def refuse_blocks(self, *kinds: str) -> None:
        """From now on the workspace takes no blocks of these kinds, and all others again."""
        self._state.refused_blocks = set(kinds)
        self._state.changed("clock")

    async def uninstall_app(self, team_id: str) -> None:
        people.uninstall_app(self._state, team_id)

    def _takes_direct_messages(self, channel: Json) -> bool:
        app_id = self._installation_for(channel["context_team_id"])["app_id"]
        return bool(self._state.apps[app_id].get("takes_direct_messages", True))
