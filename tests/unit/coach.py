"""The items, the coaching and the people that the tables of `replies_*.py` are about."""

from datetime import date
from pathlib import Path

from bot.domain.coaching import Ear
from bot.domain.playbook import AnswerKind, Coaching, Concern, Detector, Item, Option, Shows
from prompts.library import Library

TODAY = date(2026, 11, 25)
"""A Wednesday."""
CHAMPION, SPEAKER, OWNER = "U0MIA", "U0OMAR", "S0PAY"
_KNOWN = Library.load(Path(__file__).parents[1] / "playbook").playbook
_MORE = (
    Concern(
        id="no_plan", detect=Detector.NO_PLAN, ask="What is the next step, who takes it, and by which day?"
    ),
    Concern(
        id="open_ended",
        named_only=True,
        phrases=("anything", "any question", "general assistant", "all topics", "alles"),
        ask="Which one task comes first?",
    ),
    Concern(
        id="champion_is_owner", detect=Detector.CHAMPION, named_only=True, ask="Which team stands behind it?"
    ),
    Concern(
        id="one_person", detect=Detector.ONE_PERSON, named_only=True, ask="Which team stands behind them?"
    ),
    Concern(
        id="no_business_figure",
        detect=Detector.NO_BUSINESS_FIGURE,
        named_only=True,
        phrases=("impressive", "accuracy", "confidence", "f1", "genauigkeit"),
        ask="Which figure of the business shows it?",
    ),
    Concern(
        id="demo_volume",
        detect=Detector.DEMO_VOLUME,
        named_only=True,
        phrases=("demo", "free tier"),
        ask="What does one case cost at full volume?",
    ),
    Concern(
        id="past_date",
        detect=Detector.PAST_DATE,
        named_only=True,
        ask="That day is over. Which day is it now?",
    ),
    Concern(id="future_date", detect=Detector.FUTURE_DATE, named_only=True, ask="When was it done last?"),
    Concern(id="other_evidence", detect=Detector.OTHER_EVIDENCE, ask="What is found there? Such as “{good}”"),
    Concern(
        id="no_value",
        detect=Detector.NO_VALUE,
        ask="I did not find {wanted} in that ({unit}). Such as “{good}”",
    ),
    Concern(id="two_meanings", ask="Is it {meanings}?"),
)
COACHING = Coaching(status_words=_KNOWN.coaching.status_words, concerns=(*_KNOWN.coaching.concerns, *_MORE))
TASKS = (
    Option(id="one-task", title="One task"),
    Option(id="few-tasks", title="A few listed tasks"),
    Option(id="anything", title="Anything people ask"),
)
KEPT = (
    Option(id="input", title="What came in"),
    Option(id="answer", title="What it answered"),
    Option(id="version", title="The version"),
    Option(id="person", title="Who approved it"),
)
FREQUENCY = (
    Option(id="yes", title="Yes"),
    Option(id="no", title="No"),
    Option(id="at-times", title="At times"),
)


def item_of(item_id: str, kind: AnswerKind = AnswerKind.STATUS, **more: object) -> Item:
    """Return an item of a kind, with whatever else matters."""
    title = item_id.replace("-", " ").capitalize()
    return Item.model_validate(
        {
            "id": item_id,
            "title": title,
            "question": f"What about {title.lower()}?",
            "why": "Because.",
            "good": "Like this.",
            "if_missing": "do it",
            "evidence": "a link",
            "freshness_days": 90,
            "kind": kind,
            **more,
        }
    )


ITEMS = {
    one.id: one
    for one in (
        item_of("cases", AnswerKind.NUMBER, unit="cases a week"),
        item_of("minutes", AnswerKind.NUMBER, unit="minutes"),
        item_of("users", AnswerKind.NUMBER, unit="users"),
        item_of("cost", AnswerKind.MONEY, unit="EUR", checks=("demo_volume",)),
        item_of("price", AnswerKind.MONEY),
        item_of("share", AnswerKind.PERCENTAGE),
        item_of("decision", AnswerKind.DATE, checks=("past_date",)),
        item_of("drill", AnswerKind.DATE, checks=("future_date",)),
        item_of("day", AnswerKind.DATE),
        item_of("report", AnswerKind.LINK),
        item_of("sponsor", AnswerKind.PERSON),
        item_of("owning-team", AnswerKind.GROUP, checks=("champion_is_owner", "one_person")),
        item_of("scope", AnswerKind.CHOICE, options=TASKS, checks=("open_ended",)),
        item_of("kept", AnswerKind.CHOICES, options=KEPT),
        item_of("often", AnswerKind.CHOICE, options=FREQUENCY),
        item_of("bar", AnswerKind.TEXT, checks=("no_business_figure",)),
        item_of("problem", AnswerKind.TEXT, checks=("open_ended",)),
        item_of("ownership", checks=("champion_is_owner", "one_person")),
        item_of("load-test", shown_by=(Shows.FIGURE, Shows.DATE)),
        item_of("monitoring"),
        item_of(
            "by-hand",
            question="Does anybody copy results by hand or paste them from an export?",
            red_flag=True,
        ),
    )
}


def ear_in(locale: str) -> Ear:
    """Return the ear for somebody who is not the champion, in a place of the world."""
    return Ear(
        today=TODAY,
        locale=locale,
        speaker_id=SPEAKER,
        champion_id=CHAMPION,
        champion_name="Mia Chen",
        owner_id=OWNER,
    )
