"""The ids of this feature's controls and forms, and what travels unseen with a form: ids only."""

from dataclasses import dataclass
from enum import StrEnum

from bot.interview.controls import Offered


class ActionId(StrEnum):
    """The controls of this feature."""

    WRITE = Offered.WRITE
    PLAN = Offered.PLAN
    MENU = Offered.ANSWER_MENU
    QUESTION_MENU = Offered.QUESTION_MENU
    LIST = Offered.ALL_ANSWERS
    HISTORY = "answers.history"
    KEEP = "answers.keep"
    TAKE_BACK = "answers.take_back"
    PILOT_CHOSEN = "answers.pilot_chosen"


class CallbackId(StrEnum):
    """The forms of this feature."""

    ANSWER = "answers.form"
    PLAN = "answers.plan_form"
    EVIDENCE = "answers.evidence_form"
    NOT_APPLICABLE = "answers.not_applicable_form"
    LIST = "answers.list_view"
    HISTORY = "answers.history_view"
    USE_AS_ANSWER = "answers.use_as_answer_form"
    USE_AS_EVIDENCE = "answers.use_as_evidence_form"


class MenuChoice(StrEnum):
    """The entries of an answer's menu."""

    CHANGE = "change"
    EVIDENCE = "evidence"
    HISTORY = "history"


class QuestionChoice(StrEnum):
    """The entries of a question's menu."""

    NOT_APPLICABLE = "na"
    SKIP = "skip"
    BACK = "back"
    WHY = "why"


class Shortcut(StrEnum):
    """The entries in a message's menu; the manifest names them as well."""

    ANSWER = "use_as_answer"
    EVIDENCE = "use_as_evidence"


@dataclass(frozen=True, slots=True)
class About:
    """What a form is about, and the list below it that its answer changes."""

    pilot_id: str
    item_id: str
    list_id: str = ""
    page: int = 0

    def packed(self) -> str:
        """Return it as one string, for what travels with a form or a button."""
        ids = (self.pilot_id, self.item_id)
        return ":".join((*ids, self.list_id, str(self.page)) if self.list_id else ids)

    @classmethod
    def unpack(cls, value: str) -> "About":
        """Read such a string; whatever is missing is empty, and a forged id is refused where it is looked up."""
        pilot_id, item_id, list_id, page, *_ = [*value.split(":"), "", "", "", ""]
        return cls(pilot_id, item_id, list_id, page_of(page))


def page_of(said: str) -> int:
    """Return a page's or a revision's number from a button's value; 0 for anything else."""
    return int(said) if said.isdecimal() and said.isascii() and len(said) < 10 else 0
