"""What in a thread is talk among colleagues and no answer. Silence is the kind reaction to it.

When in doubt it is an answer: it is said back at once and easily changed, while an answer that gets no reaction is lost
to the person. The playbook has no say here; this is about manners, not about readiness.
"""

import re

from bot.domain.coaching.phrases import consumed, folded, listed
from bot.domain.coaching.reply import reply_of, without_links

_HEAD = 400
"""Talk shows early."""
_TALK = listed(
    """
    thanks; thank you; thx; ty; tysm; cheers; much appreciated; danke; vielen dank; merci; gracias;
    obrigado; obrigada; grazie; dzięki; ありがとう; ありがとうございます; 谢谢; 감사합니다; lol; lmao; rofl; haha; hahaha; ha ha;
    hehe; xd; jaja; jajaja; 笑; 哈哈; brb; afk; omw; bbl; gtg; ttyl; back in 5; back in a bit; back in a few;
    be right back; np; no problem; no worries; no prob; you're welcome; yw; anytime; my pleasure; hi; hello;
    hey; hallo; moin; servus; morning; good morning; good afternoon; good evening; guten morgen; good night;
    bye; ciao; see you; see you later; see you tomorrow; cu; happy friday; nice; nice one; nice work; cool;
    great; great job; great work; good job; good luck; awesome; wow; whoa; yay; neat; sweet; congrats;
    congratulations; well done; interesting; super; prima; klasse; good point; good question; good idea;
    fair enough; makes sense; i see; got you; gotcha; understood; sorry; oops; my bad; hm; hmm; hmmm; um;
    umm; uh; uhm; ah; aha; oh; ooh; ugh; meh; phew; one sec; a sec; sec; one second; one moment;
    just a moment; moment; moment mal; one minute; one min; 1 sec; 1 min; give me a sec; give me a minute;
    give me 5; give me 5 minutes; wait; hold on; hang on; checking; looking; reading; typing; thinking;
    on it; me too; same; same here; +1; bump; following; test; testing; ping; interesting; exactly; true;
    indeed; agree; i agree; well; 了解です; 好的; shut up; fuck; fuck off; fuck you; fuck this; go away; stop;
    stop it; stop asking; leave me alone; stupid bot; dumb bot; bad bot; good bot; wtf; omg; damn; ffs;
    this is stupid; so annoying
    """
)
_BETWEEN = listed(
    """
    all; team; everyone; everybody; guys; folks; both; there; bot; man; mate; so much; a lot; very much;
    again; in advance; ok; okay; k; also; and; for that; for this; for the help; for your help; to you;
    for the reminder; for asking; for sharing; for checking; for the link; dir; euch; schön; sehr; please;
    really; very; too; just; then; now; this; with that; you; me; anyway; asking; already
    """
)
"""Words that make no answer beside talk, and are one by themselves ("everyone")."""
_STATUS = listed(
    """
    yes; yep; yeah; yup; ja; jawohl; oui; sí; sim; in place; done; partly; partially; half; in progress;
    not yet; nope; nein; noch nicht; teilweise; none; nothing; n/a; n.a.; not applicable; does not apply;
    doesn't apply; skip; ✅; ✔; 🟡; 🟢; ⬜; ➖; ❌; はい; いいえ; まだ; 没有; 还没
    """
)
_BARE_NO = re.compile(r"(?:no|na|n|y|是|有)(?=\s*(?:[^\w\s@#'-]|$))")
_ASIDE = re.compile(r"(?:@[\w.-]+|(?:actually|sorry|well|ok(?:ay)?|hm+)\b|[^\w@✅✔🟡🟢⬜➖❌])*")
_MENTIONS = re.compile(r"@[\w.-]+[\s,:;-]*")
_SPOKEN_TO = re.compile(
    r"(?:(?:hey|hi|hello|hallo|and|ok|danke|thanks),? )*(?:@[\w.-]+[\s,:;-]*(?:and |und )?)+"
)
_ASKS = (
    "what|whats|what's|why|who|who's|whose|how|when|where|which|is|are|isn't|aren't|am|do|does|did|don't|doesn't|didn't|can|could"
    "|can't|would|should|shall|may|has|have|any|anyone|anybody|was|were|wie|was|warum|wer|wann|wo|kann|könnte|könntest|kannst|weißt"
)
_QUESTION = re.compile(
    rf"(?:(?:and|but|so|wait|hm+|ok|sorry|hey|hi|hello|hallo|moin|btw)(?: there| bot)?[,.!?]* )*(?:(?:on|in|at|by|for|to|with|from|since) )?(?:(?:{_ASKS})\b[^?]*\?\W*"
    r"|(?:why|what|how) (?:do|does|did|is|are|should|would) (?:you|i|we|this|that|it|they)\b.*"
    r"|(?:who|what) (?:the hell |exactly )?(?:are you|is this|is that|dis)\b[^:]*|who(?:'s| is) (?:this|that|there)\b[^:]*"
    r"|are you (?:a |an )?(?:bot|robot|human|real|ai)\b.*|(?:is )?any(?:body|one) (?:there|here|home)\W*"
    r"|(?:wer|was) (?:bist du|ist das|soll das|seid ihr|willst du|wollt ihr)\b[^.]*|do i know you\W*)"
)
_BAD = r"\b(?:stupid|dumb|silly|pointless|useless|annoying|ridiculous|nonsense|bullshit|crap|hate)\b"
_FORM = r"\b(?:questions?|bots?|forms?|interview|this)\b"
_GRUMBLE = re.compile(rf"{_BAD}.{{0,20}}{_FORM}|{_FORM}.{{0,20}}{_BAD}|\b(?:waste of time|makes no sense)\b")
_BIDS = re.compile(
    r"(?:please|pls|plz|bitte|can you|could you|would you|will you|kannst du|könntest du|fyi|cc|look|check|see|ping|help|let's|let me"
    r"|maybe you|you|your|thoughts|thanks|thank|thx|schau|what|who|when|where|why|how|which|any|do|did)\b"
)
_LATER = re.compile(
    r"(?:(?:ok|okay|hm+|sure|right|good question|no idea|not sure|i don't know|dunno|wait)[,.;:\s]+)*"
    r"(?:let me|i'll|i will|i'm gonna|i am going to|gonna|we'll) (?:just |quickly |first )?"
    r"(?:check|ask|look|find out|get back|see|think|dig|ping|read|be back|be right back|come back|have a look|take a look)\b"
)
_THUMB = re.compile(r"(?:(?::(?:\+1|thumbsup):(?::skin-tone-\d:)?|👍[\U0001f3fb-\U0001f3ff]?)\s*)+")
_THANKS_FOR = ("thanks for", "thank you for", "thx for", "danke für")


def looks_like_answer(words: str, *, mentions_bot: bool) -> bool:
    """Whether a participant's reply reads as an answer to the open question rather than as talk.

    A reply that mentions the bot is meant for it, so even a question counts; bare thanks do not.
    """
    reply = reply_of(words)
    text = folded(without_links(reply.detail[:_HEAD]))
    if text.startswith("/"):
        return False
    if reply.links and not text.strip("()<> "):
        return True
    if opens_with_status(text):
        return not _is_talk(text)
    if _only_marks(text) or _is_talk(text):
        return bool(reply.links)
    return mentions_bot or not _beside_the_point(text)


def is_thumbs_up(words: str) -> bool:
    """Whether words are a thumbs up and nothing else: a yes to whoever asked, and talk among colleagues."""
    return _THUMB.fullmatch(words.strip()) is not None


def opens_with_status(detail: str) -> bool:
    """Whether words begin by naming a status in so many words."""
    text = folded(detail[:_HEAD])
    aside = _ASIDE.match(text)
    start = aside.end() if aside else 0
    return _STATUS.match(text, start) is not None or _BARE_NO.match(text, start) is not None


def is_question(text: str) -> bool:
    """Whether folded words only ask something back."""
    return _QUESTION.fullmatch(text) is not None


def _beside_the_point(text: str) -> bool:
    """Whether the words are for somebody else, ask, put off, thank or grumble."""
    return (
        _addressed(text)
        or is_question(text)
        or text.startswith(_THANKS_FOR)
        or _LATER.match(text) is not None
        or _GRUMBLE.search(text, 0, 80) is not None
    )


def _only_marks(text: str) -> bool:
    """Whether there are only marks and emoji, perhaps beside a mention; a mention alone names somebody."""
    beside = _MENTIONS.sub("", text)
    return not any(character.isalnum() for character in beside) and (bool(beside.strip()) or not text)


def _is_talk(text: str) -> bool:
    """Whether folded words are talk from end to end; mentions are part of it."""
    used = consumed(_MENTIONS.sub("", text), [_TALK, _BETWEEN])
    return used is not None and 0 in used


def _addressed(text: str) -> bool:
    """Whether a colleague is asked or told something: "@jonas can you look"; "@payments-ops owns it" is an answer."""
    if text.startswith("cc "):
        return True
    spoken_to = _SPOKEN_TO.match(text)
    if spoken_to is None:
        return False
    rest = text[spoken_to.end() :]
    return rest.endswith("?") or _BIDS.match(rest) is not None
