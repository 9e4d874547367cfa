"""Who speaks, where and when: what the coach has to know beside the words to hear "next Friday", "1.200" or "me".

Everything has a default, so that words can be read without it; what then cannot be told is not guessed.
"""

from datetime import date

from bot.domain.values import Frozen


class Ear(Frozen):
    """What is known of the person who answers and of the pilot the answer is about."""

    today: date | None = None
    """The day where the person is; without it only dates that name their year are read."""
    locale: str = ""
    """The language and region the person uses Slack in ("de-DE"); it settles what "1.200" and "3/4" mean."""
    speaker_id: str = ""
    """Who says it, so that "me" is somebody."""
    champion_id: str = ""
    """The pilot's champion, who cannot also be the one who owns it in production."""
    champion_name: str = ""
    """What the champion is called, for answers that name them without a mention."""
    owner_id: str = ""
    """The pilot's production owner: a person or a user group."""


UNHEARD = Ear()
