"""What the coach understands. The table is in `replies.py`; the playbook is the tests' own."""

import string
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from bot.domain import coaching
from bot.domain.answers import Reading, Status
from bot.domain.playbook import Coaching, Concern, Item, StatusWords
from bot.domain.text import escape
from prompts.library import Library

from . import replies

PLAYBOOK = Library.load(Path(__file__).parents[1] / "playbook").playbook
COACHING = PLAYBOOK.coaching
unhurried = settings(deadline=None, derandomize=True)
"""Other tests run beside these, and a run should say the same twice."""


def item(item_id: str = "monitoring") -> Item:
    found = PLAYBOOK.item(item_id)
    assert found is not None
    return found


def read(words: str, item_id: str = "monitoring") -> Reading:
    return coaching.read(words, item(item_id), COACHING)


@pytest.mark.parametrize("row", replies.ALL, ids=lambda row: row.words[:60] or "(empty)")
def test_a_reply_is_read_as_a_colleague_would_read_it(row: replies.Row) -> None:
    reading = read(row.words, row.item)
    assert (reading.status, reading.concern, reading.evidence) == (row.status, row.concern, row.evidence)


@pytest.mark.parametrize(
    "known", [one for checklist in PLAYBOOK.checklists for one in checklist.items], ids=lambda one: one.id
)
def test_the_good_example_of_every_item_needs_no_follow_up(known: Item) -> None:
    for words in (known.good, known.good.lower(), f"Yes. {known.good}"):
        reading = coaching.read(words, known, COACHING)
        assert (reading.status, reading.concern) == (Status.IN_PLACE, None)
        assert coaching.looks_like_answer(words, mentions_bot=False)
    planned = coaching.read(f"we will {known.if_missing}", known, COACHING)
    assert planned.status is Status.NOT_YET
    asked_back = coaching.read(known.question, known, COACHING)
    assert asked_back.status is Status.NOT_YET


def test_the_table_is_large_and_says_everything_once() -> None:
    assert len(replies.ALL) >= 150
    assert len({(row.item, row.words) for row in replies.ALL}) == len(replies.ALL)


@pytest.mark.parametrize("row", replies.ALL, ids=lambda row: row.words[:60] or "(empty)")
def test_only_what_is_asked_once_more_has_a_question(row: replies.Row) -> None:
    reading = read(row.words, row.item)
    question = coaching.follow_up_for(reading, item(row.item), COACHING)
    assert (question is None) == (reading.concern is None)
    assert question is None or (question.endswith((".", "?")) and "{" not in question)


@pytest.mark.parametrize(
    ("words", "detail"),
    [
        ("yes,  the\n\nteam\thas it", "yes, the team has it"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<https://a.example/x?y=1&amp;z=2>", "https://a.example/x?y=1&z=2"),
        ("<https://a.example/x|the board>", "the board (https://a.example/x)"),
        ("<http://a.example|a.example>", "a.example"),
        ("<mailto:ops@a.example|ops@a.example>", "ops@a.example"),
        ("<tel:+123|call>", "call (+123)"),
        ("<@U0ANA> and <@U0JON|jon>", "@U0ANA and @jon"),
        ("<!subteam^S0PAY|@payments-ops>, <!subteam^S0X>", "@payments-ops, @S0X"),
        ("<#C0OPS|support-ops> <#C1|>", "#support-ops #C1"),
        ("<!channel> <!here>", "@channel @here"),
        ("<!date^1392734382^{date}|18 Feb>", "18 Feb"),
        ("nul \x00 and half \ud83d", "nul and half ?"),
    ],
)
def test_the_detail_is_what_the_thread_shows(words: str, detail: str) -> None:
    assert read(words).detail == detail


def test_people_are_shown_by_name_where_their_names_are_known() -> None:
    names = {"U0ANA": "ana", "S0PAY": "payments-ops"}
    reading = coaching.read("<@U0ANA> of <!subteam^S0PAY>", item(), COACHING, names=names)
    assert reading.detail == "@ana of @payments-ops"


@pytest.mark.parametrize(
    ("words", "links"),
    [
        ("(see https://a.example/wiki/Off_(switch)).", ("https://a.example/wiki/Off_(switch)",)),
        ("https://a.example/x, https://a.example/x and <https://a.example/x>", ("https://a.example/x",)),
        ("HTTPS://A.example/X", ("HTTPS://A.example/X",)),
        ("ftp://a.example file:///etc/passwd", ()),
        ("<slack://channel?id=1|here>", ()),
        ("https:// http://", ()),
        ("https://a.example/" + ")" * 30_000, ("https://a.example/",)),
    ],
)
def test_links_are_found_wherever_they_stand(words: str, links: tuple[str, ...]) -> None:
    assert read(words).evidence == links


def test_a_long_answer_is_kept_whole() -> None:
    words = " ".join(f"step{number} is done by <@U{number}>" for number in range(1500))
    reading = read(words + " <https://a.example/end>")
    assert reading.detail.endswith("by @U1499 https://a.example/end")
    assert reading.detail.startswith("step0 is done by @U0 step1")
    assert reading.evidence == ("https://a.example/end",)


@pytest.mark.parametrize("status", list(Status))
def test_a_button_says_a_status_and_shows_nothing(status: Status) -> None:
    reading = coaching.read_button(status, item(), COACHING)
    assert reading == Reading(
        status=status, detail="", concern="nothing_shown" if status is Status.IN_PLACE else None
    )


class TestPlaybooksOfOthers:
    def test_a_concern_that_is_left_out_is_not_raised(self) -> None:
        silent = Coaching(status_words=COACHING.status_words)
        for words in ("yes", "soon", "the team", "n/a", "we will", ""):
            assert coaching.read(words, item(), silent).concern is None
        assert coaching.read_button(Status.IN_PLACE, item(), silent).concern is None

    def test_a_concern_of_ones_own_is_raised_by_its_phrases(self) -> None:
        own = Concern(id="hand-picked", phrases=("cherry picked", "golden set"), ask="And on live cases?")
        reading = coaching.read("it shines on our golden set", item(), Coaching(concerns=(own,)))
        assert reading.concern == "hand-picked"
        assert coaching.follow_up_for(reading, item(), Coaching(concerns=(own,))) == "And on live cases?"

    def test_other_words_state_a_status(self) -> None:
        words = StatusWords(in_place=("aye",), not_yet=("nay",))
        assert coaching.read("nay, captain", item(), Coaching(status_words=words)).status is Status.NOT_YET
        assert coaching.read("aye", item(), Coaching(status_words=words)).status is Status.IN_PLACE

    @pytest.mark.parametrize("phrase", ["(", "[a-z", "*", "\\", "?", "  ", "a|b", "C++", "'"])
    def test_phrases_are_words_and_no_patterns(self, phrase: str) -> None:
        odd = Coaching(
            status_words=StatusWords(partly=(phrase,)),
            concerns=(Concern(id="odd", phrases=(phrase,), only=(phrase,), ask="What?"),),
        )
        assert coaching.read(f"it is {phrase} here", item(), odd).detail
        assert coaching.read(phrase, item(), odd).status in Status


class TestFollowUp:
    def test_the_item_asks_in_its_own_words_when_nothing_is_shown(self) -> None:
        own = item().follow_up
        assert own
        for words in ("yes", "should be fine"):
            assert coaching.follow_up_for(read(words), item(), COACHING) == own

    @pytest.mark.parametrize(
        ("words", "concern"),
        [("the team", "nobody_named"), ("tbd", "to_be_decided"), ("n/a", "no_reason")],
    )
    def test_other_concerns_ask_in_their_own(self, words: str, concern: str) -> None:
        assert coaching.follow_up_for(read(words), item(), COACHING) == COACHING.ask(concern)

    def test_a_plan_is_called_one_and_asked_about_in_the_words_of_the_item(self) -> None:
        asked = coaching.follow_up_for(read("soon"), item(), COACHING)
        assert asked == f"That is a plan, and good to have. {item().follow_up}"

    def test_the_item_can_be_named_and_other_braces_stay(self) -> None:
        asks = Coaching(concerns=(Concern(id="nothing_shown", ask="What shows {item} {or} {0}?"),))
        plain = item().model_copy(update={"follow_up": None})
        reading = coaching.read("yes", plain, asks)
        assert coaching.follow_up_for(reading, plain, asks) == "What shows Monitoring {or} {0}?"

    def test_a_checkable_answer_is_left_alone(self) -> None:
        assert coaching.follow_up_for(read("Datadog, alert at 90 %"), item(), COACHING) is None


class TestSecondReply:
    @pytest.mark.parametrize(
        ("first", "second", "status", "concern", "detail"),
        [
            ("yes", "<https://a.example/d>", Status.IN_PLACE, None, "yes"),
            (
                "yes, we have monitoring",
                "see <https://a.example/d>",
                Status.IN_PLACE,
                None,
                "yes, we have monitoring",
            ),
            ("the team", "<!subteam^S1|@pay-ops>", Status.IN_PLACE, None, "the team · @pay-ops"),
            ("yes", "Grafana pages Support Ops", Status.IN_PLACE, None, "Grafana pages Support Ops"),
            (
                "we will monitor it",
                "Grafana pages Support Ops",
                Status.IN_PLACE,
                None,
                "Grafana pages Support Ops",
            ),
            (
                "yes, the dashboards are all set up and good",
                "Support Ops gets the alert",
                Status.IN_PLACE,
                None,
                "yes, the dashboards are all set up and good · Support Ops gets the alert",
            ),
            ("yes", "should be fine", Status.IN_PLACE, "nothing_shown", "should be fine"),
            ("should be fine", "yes", Status.IN_PLACE, "vague", "should be fine"),
            ("we will monitor it", "should be fine", Status.NOT_YET, "plan", "should be fine"),
            ("we will monitor it", "<https://a.example/d>", Status.IN_PLACE, None, "we will monitor it"),
            ("soon", "next quarter", Status.NOT_YET, "plan", "next quarter"),
            ("soon", "by 12 Dec, <@U0JON>", Status.NOT_YET, None, "by 12 Dec, @U0JON"),
            ("yes", "not yet, actually", Status.NOT_YET, None, "not yet, actually"),
            ("yes", "we have no alerts", Status.NOT_YET, None, "we have no alerts"),
            ("yes", "partly", Status.PARTLY, None, "partly"),
            (
                "soon",
                "yes, Grafana pages Support Ops",
                Status.IN_PLACE,
                None,
                "yes, Grafana pages Support Ops",
            ),
            ("yes", "n/a", Status.NOT_APPLICABLE, "no_reason", "n/a"),
            ("n/a", "it is a batch job", Status.NOT_APPLICABLE, None, "it is a batch job"),
            ("n/a", "there is no live traffic", Status.NOT_APPLICABLE, None, "there is no live traffic"),
            ("n/a", "yes, Grafana pages us", Status.IN_PLACE, None, "yes, Grafana pages us"),
            ("n/a", "ok", Status.NOT_APPLICABLE, "no_reason", "n/a"),
            (
                "not yet",
                "the platform team builds it",
                Status.NOT_YET,
                None,
                "not yet · the platform team builds it",
            ),
            ("what do you mean?", "Payments Operations", Status.IN_PLACE, None, "Payments Operations"),
            (
                "Grafana pages Support Ops",
                "thanks",
                Status.IN_PLACE,
                None,
                "Grafana pages Support Ops",
            ),
            ("yes", "skip", Status.IN_PLACE, "nothing_shown", "yes"),
        ],
    )
    def test_the_second_reply_joins_the_first(
        self, first: str, second: str, status: Status, concern: str | None, detail: str
    ) -> None:
        combined = coaching.combine(read(first), read(second))
        assert (combined.status, combined.concern, combined.detail) == (status, concern, detail)

    def test_evidence_of_both_is_kept_once_each(self) -> None:
        first = read("<https://a.example/1> <https://a.example/2>")
        second = read("<https://a.example/2> <https://a.example/3>")
        assert coaching.combine(first, second).evidence == tuple(f"https://a.example/{n}" for n in (1, 2, 3))

    def test_a_link_after_a_button_shows_it(self) -> None:
        first = coaching.read_button(Status.IN_PLACE, item(), COACHING)
        combined = coaching.combine(first, read("<https://a.example/d|the board>"))
        assert combined.concern is None
        assert combined.evidence == ("https://a.example/d",)
        assert combined.detail == "the board (https://a.example/d)"

    @unhurried
    @given(st.sampled_from(replies.ALL), st.sampled_from(replies.ALL))
    def test_a_third_turn_never_follows_from_a_checkable_second(
        self, first: replies.Row, second: replies.Row
    ) -> None:
        one, two = read(first.words), read(second.words)
        combined = coaching.combine(one, two)
        assert set(one.evidence) | set(two.evidence) == set(combined.evidence)
        assert combined.status in {one.status, two.status}
        assert combined.concern in {None, one.concern, two.concern}
        if two.concern is None and two.status is not Status.SKIPPED:
            assert combined.concern is None

    @unhurried
    @given(st.sampled_from(replies.ALL))
    def test_saying_it_again_changes_nothing(self, row: replies.Row) -> None:
        reading = read(row.words)
        assert coaching.combine(reading, reading) == reading


TALK = [
    "thanks!", "Thank you so much :pray:", "thx", "danke dir", "merci", "lol", "haha", "👍", ":+1:", "🎉🎉", ":tada:", "brb", "np", "cool",
    "nice one", "good morning", "hi all", "hello team", "hey everyone", "wow", "ok thanks", "ok cool", "great, thanks",
    "thanks for the link", "thanks <@U0JON>!", "one sec", "give me a minute", "hold on", "checking...", "me too", "same here",
    "good question", "hmm", "sorry", "oops", "congrats <@U0ANA>!", "brb, back in 5", "omw", "shut up", "go away", "this is stupid",
    "stop asking", "<@U0JON> can you look?", "<@U0JON> could you check the dashboard?", "<@U0JON> please answer", "hey <@U0JON> what is our p95",
    "<@U0JON> <@U0ANA> thoughts?", "<@U0JON> any idea?", "<@U0JON>: is that still true?", "<@U0JON> fyi", "cc <@U0JON>", "<@U0JON> kannst du schauen",
    "<@U0JON> you know this better", "what do you mean?", "Is a link enough?", "who wrote that?", "does anyone know?", "can somebody help?",
    "wait, what is shadow mode?", "let me check with finance", "I'll ask Jonas", "ok, let me look", "hm, I'll find out", "/pilot status", "", "  ",
    "why do you ask", "this is annoying", "these questions are pointless", "what a stupid bot", "I hate this form",
    "hello? who are you", "who are you", "what is this?", "hi, what do you want from me", "hi there, who is this?", "hello? anybody there",
    "wer bist du?", "was willst du von mir", "are you a bot",
    "...", "?", "!!!", "ありがとうございます", "谢谢", "笑",
]  # fmt: skip

ANSWERS = [
    *(row.words for row in replies.STATED if row.words),
    *(row.words for row in replies.FACTS),
    *(row.words for row in replies.DENIALS),
    "ok", "done", "the team", "everyone", "soon", "TBD", "should be fine", "Payments Operations", "<@U0ANA>", "<!subteam^S1|@payments-ops>",
    "<!subteam^S1|@payments-ops> owns it", "<@U0ANA> is on call", "<@U0ANA> has the runbook", "thanks, yes: Grafana", "lol no",
    "thanks! <https://a.example/d>", "<https://a.example/d>", "no problem, the switch was tried on 12 May", "yes, can you see <https://a.example/d>?",
    "ok we have it in Datadog", "good morning, not yet", "👍 done", "hello, Support Ops", "who is there at night: Support Ops", "✅", "❌", "まだです", "20 %",
]  # fmt: skip


class TestTalk:
    @pytest.mark.parametrize("words", TALK)
    def test_talk_is_no_answer(self, words: str) -> None:
        assert not coaching.looks_like_answer(words, mentions_bot=False)

    @pytest.mark.parametrize("words", list(dict.fromkeys(ANSWERS)))
    def test_an_answer_is_not_taken_for_talk(self, words: str) -> None:
        assert coaching.looks_like_answer(words, mentions_bot=False)
        assert coaching.looks_like_answer(words, mentions_bot=True)

    @pytest.mark.parametrize(
        "words", ["what do you mean?", "let me check", "<@U0BOT> is a link enough?", "cc the team"]
    )
    def test_what_mentions_the_bot_is_meant_for_it(self, words: str) -> None:
        assert coaching.looks_like_answer(words, mentions_bot=True)

    @pytest.mark.parametrize("words", ["👍", ":+1:", ":thumbsup::skin-tone-3:", "👍🏽", " 👍 "])
    def test_a_thumbs_up_is_known_as_one(self, words: str) -> None:
        assert coaching.is_thumbs_up(words)
        assert not coaching.is_thumbs_up(f"{words} thanks")

    @pytest.mark.parametrize("words", ["<@U0BOT> thanks!", "<@U0BOT> lol", "<@U0BOT> 👍", "good bot"])
    def test_thanking_the_bot_is_talk_all_the_same(self, words: str) -> None:
        assert not coaching.looks_like_answer(words, mentions_bot=True)


WORDS = st.lists(
    st.one_of(
        st.sampled_from([row.words for row in replies.ALL if len(row.words) < 200]),
        st.text(max_size=40),
        st.sampled_from(
            [
                "<",
                ">",
                "|",
                "&amp;",
                "&lt;",
                "<@U1>",
                "<https://a.example/b|c>",
                "`",
                "*",
                "```",
                ":x:",
                "\n",
                "not ",
                "yes ",
            ]
        ),
    ),
    max_size=8,
).map(" ".join)


def visible(words: str) -> str:
    """Return the characters that have to be in the detail: all of them, where nothing is wrapped in angle brackets."""
    kept = words.replace("\x00", "")
    return "".join(character for character in kept if not character.isspace())


class TestProperties:
    @unhurried
    @given(WORDS)
    @example("<" * 50)
    @example("<a|b|c>")
    @example("\ud800")
    def test_reading_never_fails(self, words: str) -> None:
        reading = read(words)
        assert reading.status in Status
        assert reading.concern is None or COACHING.ask(reading.concern)
        assert "\x00" not in reading.detail
        reading.detail.encode()
        for link in reading.evidence:
            assert link.lower().startswith("http")
            assert not any(character in "<>|" or character.isspace() for character in link)
        coaching.looks_like_answer(words, mentions_bot=False)

    @unhurried
    @given(st.text(max_size=300))
    def test_no_word_is_lost(self, text: str) -> None:
        """What a person typed arrives escaped; all but white space, and a NUL, is in the detail."""
        assert visible(read(escape(text)).detail) == visible(text)

    @unhurried
    @given(WORDS)
    def test_the_words_inside_brackets_are_not_lost_either(self, words: str) -> None:
        label = "".join(character for character in words if character.isalnum())
        detail = read(f"<https://a.example/d|{label}> <!subteam^S1|@{label}>").detail
        assert detail.count(label) >= 2 or not label
        assert "https://a.example/d" in detail

    @unhurried
    @given(WORDS)
    def test_reading_the_detail_again_says_the_same(self, words: str) -> None:
        once = read(words)
        again = read(escape(once.detail))
        assert (again.status, again.detail) == (once.status, once.detail)
        # A link whose label is its own address without the scheme is evidence, and no longer in the plain words.
        assert again.concern == once.concern or set(once.evidence) > set(again.evidence)

    @unhurried
    @given(WORDS, st.sampled_from([" ", "\n", "\t", " \n "]))
    def test_white_space_makes_no_difference(self, words: str, space: str) -> None:
        assert read(space + words.replace(" ", space) + space) == read(words)

    @pytest.mark.parametrize(
        "piece",
        ["a", "<", "<a", "<a|", "&", "&amp;", "@", "a@", "a.", "(", ")", "https://", "https://a.example/(", "not ", "no, ", "yes ",
         "the team ", "there is no ", "we ", "1", "1 ", "12.", "A ", "Aa", "is ", "if ", "\n", "🎉", "まだ", "\u0301", "ok ", ":a", "*_", "but ",
         "you ", "@a ", "hey ", "thanks ", "!", "@is", "@is ", "A", "#", "see ", "a. ", "a? ", "hm", ", "],
    )  # fmt: skip
    def test_forty_thousand_characters_take_no_time(self, piece: str) -> None:
        """A regular expression gone wrong takes minutes; the limit is far from both that and a busy machine."""
        words = (piece * 40_000)[:40_000]
        begun = time.process_time()
        read(words)
        coaching.looks_like_answer(words, mentions_bot=False)
        coaching.combine(read("yes"), Reading(status=Status.IN_PLACE, detail=words, concern="vague"))
        coaching.combine(
            read("yes"), Reading(status=Status.IN_PLACE, detail=words[:990] + "x", concern="vague")
        )
        assert time.process_time() - begun < 2

    @unhurried
    @given(st.text(alphabet=string.printable + "<>|&;@#", max_size=300), st.integers(10, 100))
    def test_long_random_text_is_read(self, text: str, times: int) -> None:
        words = text * times
        assert visible(read(escape(words)).detail) == visible(words)
