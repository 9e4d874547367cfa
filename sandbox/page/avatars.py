"""Faces without pictures: initials on one of eight hues, handed out in the order of the workspace's people."""

from __future__ import annotations

from dataclasses import dataclass

from .reader import Reader


@dataclass(frozen=True)
class Avatar:
    initials: str
    hue: int
    is_app: bool = False
    name: str = ""


def avatar_of(reader: Reader, user_id: str) -> Avatar:
    user = reader.users.get(user_id, {})
    name = "Slackbot" if user_id == "USLACKBOT" else reader.name_of(user_id)
    words = name.split()
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"
    return Avatar(initials, _hue(reader, user_id), bool(user.get("is_bot")), name)


def _hue(reader: Reader, user_id: str) -> int:
    """Neighbours in a team differ, as far as eight hues go."""
    humans = [uid for uid, user in reader.users.items() if not user.get("is_bot")]
    return humans.index(user_id) % 8 if user_id in humans else 7
