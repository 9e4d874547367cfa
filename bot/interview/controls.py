"""The ids of the conversation's controls: a message keeps its buttons for ever, so an id that was once drawn is still heard.

They stand below every feature, so that whoever draws a control and whoever hears of it mean the same one.
"""

from enum import StrEnum


class ActionId(StrEnum):
    """The controls that this feature draws and hears of itself."""

    IN_PLACE = "answer.in_place"
    PARTLY = "answer.partly"
    NOT_YET = "answer.not_yet"
    CHOOSE = "answer.choose"
    PICK_OPTION = "answer.pick_option"
    PICK_DATE = "answer.pick_date"
    PICK_PERSON = "answer.pick_person"
    STILL_TRUE = "answer.still_true"
    ALL_TRUE = "answers.all_true"
    LEAVE = "answer.leave"
    PAUSE = "interview.pause"
    RESUME = "interview.resume"
    MENU = "interview.menu"


class Offered(StrEnum):
    """Controls that are drawn here and that features above hear of; their values are ids, see each use."""

    WRITE = "answers.write"
    PLAN = "answers.plan"
    ASK = "ask.somebody"
    QUESTION_MENU = "question.menu"
    ANSWER_MENU = "answer.menu"
    ALL_ANSWERS = "answers.list"
    FULL_REPORT = "report.full"
    POSTURE = "posture.show"
    ASK_WAIVER = "waivers.ask"
    WAIVERS = "waivers.list"


class Former(StrEnum):
    """Controls that are drawn no more; older messages still have them, and they do what they say."""

    CHANGE = "answer.change"
    SKIP = "answer.skip"
    NOT_APPLICABLE = "answer.not_applicable"
    STOP = "interview.stop"
