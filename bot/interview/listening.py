"""Which conversation and which question somebody means, whether it reads as an answer, and what it says.

Everything that changes an interview gets it from here, locked and past whatever the playbook has lost meanwhile.
"""

from bot.desk import Desk
from bot.domain import coaching
from bot.domain.answers import Answer, Reading
from bot.domain.conversations import Interview, InterviewState
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.text import escape
from bot.interview import errors, shown, turns
from bot.pilots import workflow as pilots
from bot.slack.payloads import ThreadMessage


def locked(desk: Desk, interview_id: str) -> Interview:
    """Return an interview of this workspace and keep others from turning it meanwhile; a forged id is refused.

    The pilot is locked first, here as everywhere, so that no two processes wait for each other.
    """
    found = desk.tx.interviews.get(desk.at.workspace_id, interview_id)
    if found is None:
        raise errors.QuestionGone
    desk.tx.pilots.lock(desk.at.workspace_id, found.pilot_id)
    interview = desk.tx.interviews.lock(interview_id) or found
    return past_lost_items(desk, interview)


def running_of(desk: Desk, found: Interview | None) -> Interview | None:
    """Return the interview, locked, if it goes on or is paused."""
    interview = locked(desk, found.id) if found else None
    return interview if interview and turns.is_going_on(interview) else None


def past_lost_items(desk: Desk, interview: Interview) -> Interview:
    """Pass what the playbook asks no more, so that nobody waits for a question that is gone."""
    after = turns.without_lost(desk, interview)
    if after == interview:
        return interview
    pilot = pilots.get(desk, interview.pilot_id)
    lost = [item_id for item_id in after.passed if item_id not in interview.passed]
    desk.tx.audit.append(desk.at, "interview.items_gone", "pilot", pilot.id, None, {"items": lost})
    turns.go_on(desk, pilot, turns.save(desk, interview, after))
    return after


def check_open(desk: Desk, interview: Interview, item_id: str) -> Item:
    """Return the item of the open question; the refusal that applies when it is not the open one, or not theirs."""
    pilots.check_member(desk, errors.MayNotAnswer)
    item = desk.playbook.item(item_id)
    if item is None or item_id not in interview.asked:
        raise errors.QuestionGone
    if item_id in interview.passed:
        raise errors.QuestionSettled
    if not turns.is_going_on(interview) or interview.open_item_id != item_id:
        raise errors.QuestionGone
    return item


def reads_as_answer(desk: Desk, pilot: Pilot, interview: Interview, said: ThreadMessage) -> bool:
    """Only the pilot's people are listened to without being asked; anybody may answer by mentioning the bot."""
    if bot_of(desk) in said.mentions:
        return coaching.looks_like_answer(said.text, mentions_bot=True)
    taking_part = {pilot.champion_id, interview.started_by, pilot.registered_by}
    if not is_group(pilot.owner_id):
        taking_part.add(pilot.owner_id)
    taking_part |= {
        a.answered_by for a in desk.tx.answers.current(pilot.id).values() if a.interview_id == interview.id
    }
    return desk.at.actor_id in taking_part and coaching.looks_like_answer(said.text, mentions_bot=False)


def answers_the_question_before(desk: Desk, interview: Interview, said: ThreadMessage) -> Item | None:
    """Return the item that a message really answers when the open question was not on the screen yet.

    Two people answer at once, or one person sends a second line: by Slack's own clock the message is older than the
    open question, so it belongs to the one before.
    """
    if not interview.passed or interview.followed_up or interview.state is InterviewState.STOPPED:
        return None
    open_id = interview.open_item_id
    key = shown.question_key(interview.id, open_id) if open_id else shown.summary_key(interview.id)
    there = desk.tx.messages.by_key(interview.workspace_id, key)
    if there is None or (there.slack_ts is None and there.first_attempt_at is not None):
        return None
    if there.slack_ts is not None and float(said.ts) > float(there.slack_ts):
        return None
    return desk.playbook.item(interview.passed[-1])


def came_after_the_open_question(desk: Desk, interview: Interview, said: ThreadMessage) -> bool:
    item_id = interview.open_item_id
    key = shown.question_key(interview.id, item_id) if item_id else ""
    there = desk.tx.messages.by_key(interview.workspace_id, key)
    return there is not None and there.slack_ts is not None and float(said.ts) > float(there.slack_ts)


def check_reason(desk: Desk, item: Item, reason: str) -> None:
    """Refuse "does not apply" with a reason that says nothing: it takes an item out of the gate."""
    read = coaching.read(f"n/a, {escape(reason)}", item, desk.playbook.coaching)
    if not reason.strip() or read.concern is not None:
        raise errors.ReasonForNotApplicable


def completed_by(desk: Desk, given: Answer) -> Answer | None:
    """Return the earlier words that a reply completed when it came: both were taken together then, and still are."""
    history = desk.tx.answers.history(given.pilot_id, given.item_id)
    at = next((n for n, answer in enumerate(history) if answer.message_ts == given.message_ts), 0)
    earlier = history[at - 1] if at else None
    return earlier if earlier and earlier.interview_id == given.interview_id else None


def reading_of(desk: Desk, said: ThreadMessage, item: Item) -> Reading:
    """Read a reply, without the mention of Preflight, and with people by their names."""
    people = (desk.tx.people.get(desk.at.workspace_id, user_id) for user_id in said.mentions)
    names = {person.user_id: person.name for person in people if person}
    text = said.text.replace(f"<@{bot_of(desk)}>", "").strip()
    return coaching.read(text, item, desk.playbook.coaching, names=names)


def bot_of(desk: Desk) -> str:
    workspace = desk.tx.workspaces.get(desk.at.workspace_id)
    return workspace.bot_user_id if workspace else ""
