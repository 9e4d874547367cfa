"""Which conversation and which question somebody means, whether it reads as an answer, and what it says.

Everything that changes an interview gets it from here, locked and past whatever its playbook has lost meanwhile.
"""

from datetime import UTC

from bot.desk import Desk
from bot.domain import coaching, confirming, interview as rules
from bot.domain.answers import Answer, Reading, Status, Value
from bot.domain.asks import Ask
from bot.domain.calendar import zone_of
from bot.domain.conversations import Interview, InterviewState
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Detector, Item, Playbook
from bot.domain.readiness import Standing, stands
from bot.domain.text import escape
from bot.interview import errors, lines, shown, turns
from bot.interview.recording import as_reading
from bot.pilots import answerable, workflow as pilots
from bot.slack.payloads import ThreadMessage

PICKED = frozenset({AnswerKind.CHOICE, AnswerKind.DATE, AnswerKind.PERSON})
"""The kinds that are picked in the thread; the others are written."""
KEPT_OF_A_PICK = frozenset({Detector.CHAMPION, Detector.ONE_PERSON, Detector.PAST_DATE, Detector.FUTURE_DATE})
"""What can be wrong with something that was picked from a list, beside what an option itself says ("anything"); that it has no
words of its own is not."""


def locked(desk: Desk, interview_id: str) -> Interview:
    """Return an interview of this workspace and keep others from turning it meanwhile; a forged id is refused.

    The pilot is locked first, here as everywhere, so that no two processes wait for each other.
    """
    found = desk.tx.interviews.get(desk.at.workspace_id, interview_id)
    if found is None:
        raise errors.QuestionGone
    desk.tx.pilots.lock(desk.at.workspace_id, found.pilot_id)
    interview = desk.tx.interviews.lock(desk.at.workspace_id, interview_id) or found
    return past_lost_items(desk, interview)


def running_of(desk: Desk, found: Interview | None) -> Interview | None:
    """Return the interview, locked, if it goes on or is paused."""
    interview = locked(desk, found.id) if found else None
    return interview if interview and turns.is_going_on(interview) else None


def past_lost_items(desk: Desk, interview: Interview) -> Interview:
    """Pass what the interview's playbook asks no more, so that nobody waits for a question that is gone."""
    after = turns.without_lost(desk, interview)
    if after == interview:
        return interview
    pilot = pilots.get(desk, interview.pilot_id)
    lost = [item_id for item_id in after.passed if item_id not in interview.passed]
    desk.tx.audit.append(desk.at, "interview.items_gone", "pilot", pilot.id, None, {"items": lost})
    turns.go_on(desk, pilot, turns.save(desk, interview, after))
    return after


def item_of(desk: Desk, pilot_id: str, item_id: str, interview: Interview | None = None) -> Item | None:
    """Return an item as the interview asks it, else as the playbook in force does, else as a running interview does."""
    if interview and (found := desk.book_of(interview).item(item_id)):
        return found
    if found := desk.playbook.item(item_id):
        return found
    running = desk.tx.interviews.open_of(pilot_id)
    return desk.book_of(running).item(item_id) if running else None


def book_for(desk: Desk, interview: Interview | None) -> Playbook:
    """Return the playbook whose ear a reply is read with."""
    return desk.book_of(interview) if interview else desk.playbook


def check_open(desk: Desk, interview: Interview, item_id: str) -> Item:
    """Return the item of the open question; the refusal that applies when it is not the open one, or not theirs."""
    pilots.check_member(desk, errors.MayNotAnswer)
    item = desk.book_of(interview).item(item_id)
    if item is None or item_id not in interview.asked:
        raise errors.QuestionGone
    if item_id in interview.handed:
        raise errors.QuestionHanded
    if item_id in interview.passed:
        raise errors.QuestionSettled
    if not turns.is_going_on(interview):
        raise errors.QuestionGone
    if interview.open_item_id != item_id:
        raise errors.QuestionWaits
    return item


def reads_as_answer(desk: Desk, pilot: Pilot, interview: Interview, said: ThreadMessage) -> bool:
    """Only the pilot's people are listened to without being asked; anybody may answer by mentioning the bot."""
    words = _words_and_files(said)
    mentions_bot = bot_of(desk) in said.mentions
    if not coaching.looks_like_answer(words, mentions_bot=mentions_bot) and not (
        confirming.confirms(said.words) and _is_known(desk, pilot, interview)
    ):
        return False
    return (
        mentions_bot
        or desk.at.actor_id in _pilots_people(desk, pilot, interview)
        or _joined_in(desk, pilot, interview)
    )


def _joined_in(desk: Desk, pilot: Pilot, interview: Interview) -> bool:
    """Whether the author has answered here of their own accord; who only answered what was put to them is still a guest."""
    current = desk.tx.answers.current(pilot.id).values()
    theirs = [a for a in current if a.interview_id == interview.id and a.answered_by == desk.at.actor_id]
    asks = (desk.tx.asks.latest_of_item(pilot.id, answer.item_id) for answer in theirs)
    return any(ask is None or ask.closed_by != desk.at.actor_id for ask in asks)


def _is_known(desk: Desk, pilot: Pilot, interview: Interview) -> bool:
    """Whether the open question shows a known answer, which "ok" confirms."""
    item = turns.open_item(desk, interview)
    return item is not None and known_answer(desk, pilot, item) is not None


def known_answer(desk: Desk, pilot: Pilot, item: Item) -> Answer | None:
    """Return the answer that a question about the item only asks to confirm."""
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    if item.asked_anew:  # it keeps its day: what is not too old is passed over, in `passes_over`
        return None
    return answer if answer and rules.is_confirmed(item, stands(item, answer, desk.at.now)) else None


def _pilots_people(desk: Desk, pilot: Pilot, interview: Interview) -> set[str]:
    """Return who answers an interview's open question by just replying."""
    people = {pilot.champion_id, interview.started_by, pilot.registered_by}
    owner = answerable.owner_of(desk, pilot)
    return people if owner is None or is_group(owner) else people | {owner}


def asked_here(desk: Desk, pilot: Pilot, interview: Interview, said: ThreadMessage) -> Ask | None:
    """Return the question that a reply answers because somebody handed it to its author, who is none of the pilot's people."""
    if desk.at.actor_id in _pilots_people(desk, pilot, interview) or not interview.handed:
        return None
    waiting = desk.tx.asks.open_of_person(interview.workspace_id, desk.at.actor_id)
    ask = next((one for one in waiting if one.interview_id == interview.id), None)
    if ask is None or not coaching.looks_like_answer(
        _words_and_files(said), mentions_bot=bot_of(desk) in said.mentions
    ):
        return None
    return ask


def answers_the_question_before(desk: Desk, interview: Interview, said: ThreadMessage) -> Item | None:
    """Return the item that a message really answers when the open question was not on the screen yet.

    Two people answer at once, or one person sends a second line: by Slack's own clock the message is older than the
    open question, so it belongs to the one before.
    """
    if not interview.passed or interview.followed_up or interview.state is InterviewState.STOPPED:
        return None
    last, open_id = interview.passed[-1], interview.open_item_id
    if shown.place_of(desk, interview, last) is None:
        return None
    there = (
        shown.place_of(desk, interview, open_id)
        if open_id
        else desk.tx.messages.by_key(interview.workspace_id, shown.summary_key(interview.id))
    )
    if there is None and open_id is None and float(said.ts) <= interview.last_turn_at.timestamp():
        return desk.book_of(interview).item(last)  # it was about one item, and another summary stands
    if there is None or (there.slack_ts is None and there.first_attempt_at is not None):
        return None
    if there.slack_ts is not None and float(said.ts) > float(there.slack_ts):
        return None
    return desk.book_of(interview).item(last)


def came_after_the_open_question(desk: Desk, interview: Interview, said: ThreadMessage) -> bool:
    """Whether a message was written while the open question stood there."""
    there = shown.place_of(desk, interview, interview.open_item_id) if interview.open_item_id else None
    return there is not None and there.slack_ts is not None and float(said.ts) > float(there.slack_ts)


def check_reason(item: Item, reason: str, book: Playbook) -> None:
    """Refuse "does not apply" with a reason that says nothing: it takes an item out of the gate."""
    read = coaching.read(f"n/a, {escape(reason)}", item, book.coaching)
    if not reason.strip() or read.concern is not None:
        raise errors.ReasonForNotApplicable


def answer_before(desk: Desk, given: Answer) -> Answer | None:
    """Return the answer that stood there when a message first gave its own."""
    history = desk.tx.answers.history(given.pilot_id, given.item_id)
    at = next((n for n, answer in enumerate(history) if answer.message_ts == given.message_ts), 0)
    return history[at - 1] if at else None


def completed_by(given: Answer, earlier: Answer | None) -> Answer | None:
    """Return the earlier words that a reply completed when it came: both were taken together then, and still are.

    That is where one thing more was asked, or where a second line came before the next question; and in a direct
    message only the person's own words.
    """
    if earlier is None or earlier.interview_id != given.interview_id:
        return None
    if earlier.concern is None and not (earlier.detail and given.detail.startswith(f"{earlier.detail} · ")):
        return None
    own = earlier.answered_by == given.answered_by or not (given.message_channel_id or "").startswith("D")
    return earlier if own else None


def reading_of(desk: Desk, pilot: Pilot, said: ThreadMessage, item: Item, book: Playbook) -> Reading:
    """Read a reply, without the mention of Preflight, with people by their names; its files are evidence."""
    text = said.text.replace(f"<@{bot_of(desk)}>", "").strip()
    files = tuple(file.permalink for file in said.files if file.permalink)
    names = names_of(desk, said.mentions)
    heard = f"{text} {' '.join(f'<{file}>' for file in files)}".strip()
    read = coaching.read(heard, item, book.coaching, names=names, ear=ear_of(desk, pilot))
    reading = coaching.as_far_as_given(read, item)
    if not files:
        return reading
    detail = " ".join(without_addresses(reading.detail, files).split())
    named = ", ".join(file.name for file in said.files if file.name)
    return reading.model_copy(update={"detail": detail or named or reading.detail})


def without_addresses(detail: str, files: tuple[str, ...]) -> str:
    """Return words without the addresses of files, which are evidence and nothing that somebody said."""
    for address in files:
        detail = detail.replace(address, "")
    return detail


def _words_and_files(said: ThreadMessage) -> str:
    return " ".join([said.text, *(f"<{file.permalink}>" for file in said.files if file.permalink)])


def names_of(desk: Desk, mentions: tuple[str, ...]) -> dict[str, str]:
    """Return the names of the people that are mentioned, as far as they are known."""
    people = (desk.tx.people.get(desk.at.workspace_id, user_id) for user_id in mentions)
    return {person.user_id: person.name for person in people if person}


def ear_of(desk: Desk, pilot: Pilot) -> coaching.Ear:
    """Return who speaks, where and when: what words alone do not say."""
    speaker = desk.tx.people.get(desk.at.workspace_id, desk.at.actor_id)
    champion = speaker
    if pilot.champion_id != desk.at.actor_id:
        champion = desk.tx.people.get(desk.at.workspace_id, pilot.champion_id)
    zone = zone_of(speaker.time_zone) if speaker else UTC
    return coaching.Ear(
        today=desk.at.now.astimezone(zone).date(),
        locale=speaker.locale if speaker else "",
        speaker_id=desk.at.actor_id,
        champion_id=pilot.champion_id,
        champion_name=champion.name if champion else "",
        owner_id=answerable.owner_of(desk, pilot) or "",
    )


def reading_of_pick(desk: Desk, pilot: Pilot, item: Item, book: Playbook, chosen: str) -> Reading:
    """Read something that was picked: an option, a day or a person. What cannot have been on offer is refused."""
    ear, names = ear_of(desk, pilot), names_of(desk, (chosen,))
    on, ids = (chosen, ()) if item.kind is AnswerKind.DATE else ("", (chosen,))
    value = coaching.read_value(item, on=on, ids=ids, ear=ear) if item.kind in PICKED else None
    if not isinstance(value, Value):
        raise errors.NothingPicked
    is_person = item.kind is AnswerKind.PERSON
    if is_person:
        _check_can_act(desk, chosen)
    detail = f"@{names.get(chosen, chosen)}" if is_person else lines.words_of(value, item)
    said = f"<@{chosen}>" if is_person else escape(detail)
    read = coaching.read(said, item, book.coaching, names=names, ear=ear)
    kept = {
        concern.id
        for concern in book.coaching.concerns
        if concern.detect in KEPT_OF_A_PICK or (concern.named_only and concern.detect is None)
    }
    concern = read.concern if read.concern in kept else None
    return Reading(status=Status.IN_PLACE, detail=detail, value=value, concern=concern)


def _check_can_act(desk: Desk, user_id: str) -> None:
    person = desk.tx.people.get(desk.at.workspace_id, user_id)
    if person is None or person.deactivated or person.bot:
        raise errors.PersonCannotAct


def confirmed(desk: Desk, pilot: Pilot, item: Item, said: ThreadMessage) -> Reading | None:
    """Return the known answer again where a reply only says that it is still true; a link beside it becomes evidence."""
    if not only_confirms(desk, said):
        return None
    known = known_answer(desk, pilot, item)
    if known is None:
        if _told_before(desk, pilot, item):
            raise errors.AskedAnew
        return None
    files = tuple(file.permalink for file in said.files if file.permalink)
    evidence = tuple(dict.fromkeys((*known.evidence, *files)))
    return as_reading(known).model_copy(update={"evidence": evidence})


def passes_over(desk: Desk, pilot: Pilot, item: Item, said: ThreadMessage) -> Answer | None:
    """Return the answer that a reply leaves as it is, as the button does: of an item asked anew, while it is not too old."""
    last = _told_before(desk, pilot, item) if only_confirms(desk, said) else None
    return last if last and stands(item, last, desk.at.now) is not Standing.STALE else None


def _told_before(desk: Desk, pilot: Pilot, item: Item) -> Answer | None:
    last = desk.tx.answers.current(pilot.id).get(item.id) if item.asked_anew else None
    return last if last and last.status is Status.IN_PLACE else None


def only_confirms(desk: Desk, said: ThreadMessage) -> bool:
    """Whether a reply says that what is known is still true, and nothing else."""
    return confirming.confirms(said.text.replace(f"<@{bot_of(desk)}>", ""))


def bot_of(desk: Desk) -> str:
    """Return Preflight's own user id."""
    workspace = desk.tx.workspaces.get(desk.at.workspace_id)
    return workspace.bot_user_id if workspace else ""
