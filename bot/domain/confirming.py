"""Whether words only confirm what is known already: "still true", "no change", "same as before".

Pure. Reading what a new answer says is `coaching`'s; this is about the one reply that says nothing new and means it.
"""

import re

_STILL = re.compile(
    r"(?:(?:yes|yep|yeah|ja|oui|ok|okay|sure)[,.;:!\s]+)?"
    r"(?:(?:that|this|it|all|all of (?:it|that|this)|everything)(?:'s|’s| is)? )?"
    r"(?:still (?:true|so|correct|right|valid|the (?:same|case)|holds?|stands?|applies|accurate|in place|up to date)"
    r"|(?:the )?same(?: as (?:before|last time|ever))?|as before|no changes?|nothing(?: has|'s)? (?:new|changed)"
    r"|not changed|unchanged|hasn'?t changed|has not changed|confirmed|correct|true"
    r"|stimmt(?: (?:so|noch|immer noch))?|(?:gilt|passt|stimmt) (?:noch|weiterhin|immer noch)|unverändert|wie (?:bisher|vorher|gehabt))"
)
_NOD = re.compile(
    r"(?:yes|yep|yup|yeah|ja|jawohl|oui|sí|si|y|ok|okay|👍|✅|:\+1:|:thumbsup:|:white_check_mark:)"
)
_AROUND = " \t\n.,;:!?'\"“”()"


def confirms(words: str) -> bool:
    """Whether a reply to "is this still true?" says yes and nothing else."""
    said = " ".join(words.casefold().split()).strip(_AROUND)
    return _STILL.fullmatch(said) is not None or _NOD.fullmatch(said) is not None
