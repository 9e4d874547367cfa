"""Who is named in plain words: a mention, "me", "the platform team", "Jonas". Names are words; only a mention is a person.

Things are not people: "the dashboard will be ready" names nobody, and neither do "we" and "somebody".
"""

import re

_TEAMISH = (
    r"team|teams|squad|crew|guild|tribe|ops|operations|support|department|dept|desk|helpdesk|service desk|rota|on[- ]call|shift|finance|controlling"
    r"|accounting|procurement|purchasing|legal|compliance|privacy|dpo|security|infosec|ciso|cto|cfo|coo|ceo|sre|devops|platform|infrastructure"
    r"|infra|engineering|hr|marketing|sales|logistics|vendor|supplier|council|board|committee|group|centre|center|office|qa|backend"
    r"|frontend|architects?|admins?|administrators|managers?|lead|leads|owners?|champion|analysts?|developers|abteilung|betrieb|einkauf|buchhaltung"
    r"|rechtsabteilung|datenschutz|recht|vertrieb|fachbereich|leitstelle|bereitschaft|équipe|equipe|equipo|squadra|ploeg|afdeling"
)
TEAM = re.compile(
    rf"\b(?:{_TEAMISH}|(?-i:IT))\b|\w{1, 30}(?:team|abteilung|betrieb|gruppe|bereich|verkehr|steuerung|leitung)\b|チーム|部門|运营|团队|部门|팀",
    re.IGNORECASE,
)
"""Words by which a team, a department or a role is recognised."""
_NOBODY = frozenset(
    re.findall(
        r"\S+",
        """
        we i it this that they he she you who which there somebody someone everybody everyone nobody anybody anyone people us them
        me all both one team management stakeholders business engineers developers users company devs soon later asap
        maybe probably hopefully then now today tomorrow will be is are does do can must should has have hand end mid default
        design email mail the a an our my their its and but not yet no yes ok okay sure done plan planned next by until in on with
        still also so well just only wir ich sie es er man das der die jemand bald später dann jetzt noch nicht aber und ja nein
        waiting working started work progress todo tbd tbc wip firewall approval budget monday tuesday wednesday thursday friday
        saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag january february march april may june july
        august september october november december week month quarter year sprint release christmas summer if when once
        because after before while as for to from at of here currently unfortunately sorry hi hello thanks question why what how who when where which none never nothing sometimes some rarely half almost nearly
        mostly partly missing blocked pending unclear open free cheap yet
        better faster sooner higher lower cheaper ready live finished tested complete le la lo il elle on nous wer was ende anfang mitte spätestens kommenden nächsten
        """,
    )
)
"""Words that name nobody by themselves."""
_ARTICLES = frozenset({"the", "our", "das", "die", "der", "team"})
_VAGUE = frozenset(
    {
        "the team",
        "our team",
        "my team",
        "the whole team",
        "das team",
        "unser team",
        "the business",
        "the company",
        "our side",
        "the pilot team",
    }
)
_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’-]+(?:\s(?:von|van|de|der|al|bin)\s?)?(?:\s[A-ZÀ-ÖØ-Þ][\w'’-]+){0,2}"
_TEAM_NAME = rf"(?:(?:[Tt]he|[Oo]ur|[Dd]as|[Dd]ie|[Dd]er|[Uu]nser[e]?|[Ll]e|[Ll]a|[Ll]'|[Ee]l)\s?)?(?:[\w&/+'-]{{1,30}}\s){{0,3}}?(?:(?i:{_TEAMISH})|IT)(?:\s(?i:{_TEAMISH}))*\b(?:\s(?:in|of|at)\s[A-Z]\w+|(?<=quipe)\s[A-Z]\w+|(?<=quipo)\s[A-Z]\w+)?"
_WHO = rf"(?P<who>{_TEAM_NAME}|[Tt]eam\s[A-Z][\w-]+|(?:[Tt]he\s|[Dd]as\s|[Uu]nser\s)?[\w-]{{1,30}}[Tt]eam|{_NAME}(?:(?:,\s|\sand\s|\sund\s|\s&\s){_NAME})?|[a-z][\w-]+(?:\sand\s[a-z][\w-]+)?)"
_DOES = (
    r"(?:will|'ll|’ll|shall|is going to|are going to|is gonna|wants to|want to|plans? to|intends? to|has to|have to|needs? to|should|must|can|does|do|builds?|takes?|takes care|handles?"
    r"|delivers?|finish(?:es)?|writes?|sets?|adds?|connects?|works? on|is working|are working|is on it|are on it|is building|are building|is writing|is doing|is setting"
    r"|is preparing|is finishing|owns?|is responsible|are responsible|looks? after|said|says|promised|promises|committed|agreed|wird|werden|macht|machen|baut|bauen|liefert|kümmert|übernimmt|erledigt"
    r"|soll|fera|va|vont|s'en occupe|hará|va a|se encarga)\b"
)
_SUBJECT = re.compile(
    rf"(?<![\w@]){_WHO}\s(?:also\s|then\s|probably\s|still\s|currently\s|le\s|la\s|lo\s)?{_DOES}(?!\s(?:be|been|werden)\b)"
)
_PASSIVE = re.compile(
    rf"\b(?:by|von|vom|durch|par|por|ask|asked|waiting for|waiting on|depends on|blocked by)\s(?:dem\s|der\s|den\s)?{_WHO}"
)
DAY = "\ue000"
"""Stands in words for a day that was taken out, so that "by Friday" names nobody and "Jonas by Friday" does."""
_BEFORE_A_DAY = re.compile(
    rf"(?<![\w@])(?P<who>{_TEAM_NAME}|{_NAME}(?:\sand\s{_NAME})?)(?:\s[a-zß-ÿ]+s\b[^.;{DAY}]{{0,60}}|\s[a-zß-ÿ]+t\b[^.;{DAY}]{{0,60}})?"
    rf"(?:\s(?:by|until|till|before|on|in|bis|am|im|zum|bis zum)|,)?\s?{DAY}"
)
_LABEL = re.compile(
    rf"\b(?:[Oo]wner|[Ww]ho|[Rr]esponsible|[Aa]ssigned to|[Aa]ssignee|[Ww]er|[Vv]erantwortlich|[Dd]oer|[Bb]y whom)\s?[:=-]\s?{_WHO}"
)
_ALONE = re.compile(
    rf"(?:[Tt]hat's|[Ii]t's|[Ii]t is|[Aa]sk|[Mm]aybe|[Pp]robably|[Ww]ith|[Bb]y|[Ff]rom)?\s?{_WHO}"
)
_HANDLE = re.compile(r"(?<![\w@])@([\w.-]*\w)")
_MYSELF = re.compile(
    r"(?<![\w'])(?:I'll|I’ll|I will|I'm|I am|I do|I plan|I want|I can|I'd|by me|myself|ich (?:werde|mache|kümmere|baue|will)|me\b(?=\s?(?:$|[,.;]|by|until))|moi)",
    re.IGNORECASE,
)


def named_in(text: str, *, known: frozenset[str] = frozenset()) -> tuple[int, str]:
    """Return where and by which words somebody is named who does it; nothing where nobody is.

    `known` words (the item's title) are things.
    """
    handle = _HANDLE.search(text)
    if handle:
        return handle.start(), handle[1]
    for pattern in (_LABEL, _SUBJECT, _PASSIVE, _BEFORE_A_DAY):
        for found in pattern.finditer(text):
            who = _cleaned(found["who"])
            clear = pattern is not _PASSIVE or who[:1].isupper() or is_team(who)
            if clear and _is_somebody(who, known):
                return found.start(), who
    return len(text), ""


def names_myself(text: str) -> int | None:
    """Return where the one who speaks takes it on ("I will", "by me"), or None."""
    found = _MYSELF.search(text)
    return found.start() if found else None


def names_only(text: str, *, known: frozenset[str] = frozenset()) -> str:
    """Return the words for somebody where nothing else is said."""
    found = _ALONE.fullmatch(text.strip(" .,;:!?()/-·"))
    who = _cleaned(found["who"]) if found else ""
    return who if _is_somebody(who, known) else ""


def is_team(who: str) -> bool:
    """Whether words name a team, a department or a role rather than a person."""
    return TEAM.search(who) is not None


def _cleaned(who: str) -> str:
    words = who.split()
    while words and words[0] != "IT" and words[0].casefold().strip(",.;:") in _NOBODY - _ARTICLES:
        words = words[1:]
    return " ".join(words).strip(" ,.;:")


def _is_somebody(who: str, known: frozenset[str]) -> bool:
    plain = who.casefold()
    if who == "IT":
        return True
    if len(plain) < 2 or plain in _VAGUE or plain in _NOBODY:
        return False
    if TEAM.search(who):
        return bool(set(plain.split()) - _NOBODY - {"'s"})
    if who[0].isupper():
        return not (set(plain.split()) & known)
    # A single small word may be a name ("jonas"); an article, an ending or the title makes it a thing.
    return " " not in plain and plain not in known and not plain.endswith(("ing", "tion", "ly", "ed", "s's"))
