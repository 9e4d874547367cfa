"""Faces without pictures: initials on one of eight hues, the same for a person everywhere and at every start."""

from __future__ import annotations

import zlib
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
    return Avatar(initials, zlib.crc32(user_id.encode()) % 8, bool(user.get("is_bot")), name)
