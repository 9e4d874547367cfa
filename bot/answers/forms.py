"""The forms about one answer: write or change it, plan the next step, its links, and why it does not apply.

Structure only; the words are in `prompts/answers/`. What comes back is read in `reading`.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from bot.answers import filled, kinds
from bot.answers.kinds import NO_GROUPS, Groups
from bot.answers.names import About, CallbackId
from bot.answers.reading import FORM_TAKES, fits_a_field, group_of
from bot.domain.answers import Answer, Plan, Status
from bot.domain.messages import Block
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Item
from bot.slack import blocks
from bot.slack.blocks import Choice
from prompts.library import Library
from prompts.words import Words

STATUSES: Final = (Status.IN_PLACE, Status.PARTLY, Status.NOT_YET, Status.NOT_APPLICABLE)
LINKS_LISTED: Final = 100
LINK_SHOWN: Final = 75
_PLAN_TAKES: Final = 300


def answer_form(
    library: Library,
    pilot: Pilot,
    item: Item,
    answer: Answer | None,
    about: About,
    own_words: str = "",
    groups: Groups = NO_GROUPS,
) -> dict[str, Any]:
    """Return the one form for every kind of answer, filled with what is known; `own_words` do not repeat the value."""
    words = library.words("answers/form", pilot=pilot, item=item, answer=answer)
    known = answer if answer and answer.status is not Status.SKIPPED else None
    value = kinds.value_fields(words, item, known.value if known else None, groups)
    status, said = _status_field(words, item, known), _words_field(words, own_words)
    first = [said, status] if item.kind is AnswerKind.TEXT else [*value, status, said]
    return blocks.modal(
        CallbackId.ANSWER,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.context(words.mrkdwn("pilot_line"), "pilot"),
            *first,
            _evidence_field(words, known),
            *_plan_fields(words, known.plan if known else None),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=about.packed(),
    )


def _status_field(words: Words, item: Item, known: Answer | None) -> Block:
    """A figure or a choice is in place as soon as it is given; a bare status waits to be chosen."""
    choices = [Choice(words.plain(status.value), status.value) for status in STATUSES]
    unknown = None if item.kind is AnswerKind.STATUS else Status.IN_PLACE.value
    initial = known.status.value if known and known.status is not Status.NOT_YET else unknown
    if known and known.status is Status.NOT_YET and known.value:
        initial = known.status.value
    return blocks.field(
        words.plain("status_label"), blocks.static_select("status", choices, initial=initial), filled.STATUS
    )


def _words_field(words: Words, detail: str) -> Block:
    too_long = len(detail) > FORM_TAKES
    field = blocks.text_input(
        "detail",
        placeholder=words.plain("words_placeholder"),
        initial="" if too_long else detail,
        multiline=True,
    )
    return blocks.field(
        words.plain("words_label"),
        field,
        filled.WORDS,
        hint=words.plain("words_hint", too_long=too_long),
        optional=True,
    )


def _evidence_field(words: Words, known: Answer | None) -> Block:
    links = list(known.evidence) if known else []
    if known and known.value and known.value.kind is AnswerKind.LINK:
        links = [link for link in links if link not in known.value.ids]
    fits = fits_a_field(links)
    field = blocks.text_input(
        "evidence",
        placeholder=words.plain("evidence_placeholder"),
        initial="\n".join(links) if fits else "",
        multiline=True,
    )
    return blocks.field(
        words.plain("evidence_label"),
        field,
        filled.EVIDENCE,
        hint=words.plain("evidence_hint", too_many=not fits),
        optional=True,
    )


def _plan_fields(words: Words, plan: Plan | None) -> list[Block]:
    who = blocks.users_select("who", initial=_person(plan))
    by = blocks.datepicker("by", initial=plan.by if plan else None)
    return [
        blocks.context(words.mrkdwn("plan_title", plan=plan, group=group_of(plan)), "plan"),
        blocks.field(words.plain("who_label"), who, filled.WHO, optional=True),
        blocks.field(words.plain("by_label"), by, filled.BY, optional=True),
    ]


def plan_form(library: Library, pilot: Pilot, item: Item, plan: Plan | None, about: About) -> dict[str, Any]:
    """Return the small form for what comes next: the step, who takes it, by when."""
    what = plan.what if plan and plan.what else item.if_missing
    words = library.words("answers/plan", pilot=pilot, item=item, what=what, group=group_of(plan))
    return blocks.modal(
        CallbackId.PLAN,
        words.plain("title"),
        [
            blocks.section(words.mrkdwn("intro"), "intro"),
            blocks.field(
                words.plain("what_label"),
                blocks.text_input(
                    "what", initial=words.plain("what_now"), multiline=True, max_length=_PLAN_TAKES
                ),
                filled.WHAT,
            ),
            blocks.field(
                words.plain("who_label"),
                blocks.users_select("who", initial=_person(plan)),
                filled.WHO,
                optional=True,
            ),
            blocks.field(
                words.plain("who_said_label"),
                blocks.text_input("who_said", initial=plan.who_said if plan else "", max_length=80),
                filled.WHO_SAID,
                hint=words.plain("who_said_hint"),
                optional=True,
            ),
            blocks.field(
                words.plain("by_label"),
                blocks.datepicker("by", initial=plan.by if plan else None),
                filled.BY,
                optional=True,
            ),
        ],
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=about.packed(),
    )


def _person(plan: Plan | None) -> str | None:
    return plan.who if plan and not group_of(plan) else None


def evidence_form(library: Library, pilot: Pilot, item: Item, answer: Answer, about: About) -> dict[str, Any]:
    """Return the form for an answer's links: those to keep, and a field to add more."""
    words = library.words("answers/evidence", pilot=pilot, item=item, count=len(answer.evidence))
    parts: list[Block] = [blocks.section(words.mrkdwn("intro"), "intro")]
    if answer.evidence:
        parts.append(_kept_links(words, answer.evidence))
    more = blocks.text_input("add", placeholder=words.plain("add_placeholder"), multiline=True)
    parts.append(
        blocks.field(words.plain("add_label"), more, filled.ADD, hint=words.plain("add_hint"), optional=True)
    )
    return blocks.modal(
        CallbackId.EVIDENCE,
        words.plain("title"),
        parts,
        submit=words.plain("submit"),
        close=words.plain("close"),
        private=about.packed(),
    )


def _kept_links(words: Words, links: Sequence[str]) -> Block:
    """Return the links with their marks set; those beyond what a menu takes stay as they are."""
    listed = [
        Choice(words.plain("link", link=link)[:LINK_SHOWN], key_of(link)) for link in links[:LINKS_LISTED]
    ]
    draw = blocks.checkboxes if len(links) <= kinds.IN_SIGHT else blocks.multi_static_select
    menu = draw("keep", listed, initial=[choice.value for choice in listed])
    return blocks.field(
        words.plain("keep_label"), menu, filled.KEEP, hint=words.plain("keep_hint"), optional=True
    )


def key_of(link: str) -> str:
    """Return a short key of a link, for the value of an option: addresses are longer than that takes."""
    return hashlib.blake2b(link.encode(), digest_size=8).hexdigest()


def not_applicable_form(library: Library, item: Item, private: str) -> dict[str, Any]:
    """Return the form that asks why an item does not apply."""
    words = library.words("answers/not_applicable", item=item)
    return blocks.reason_form(words, CallbackId.NOT_APPLICABLE, private)
