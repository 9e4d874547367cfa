"""Wording: whatever people wrote stays words, whatever we marked stays markup, and templates may be laid out for reading."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, strategies as st

from prompts import filters
from prompts.english import (
    are_several,
    counted,
    grouped,
    in_words,
    join_words,
    mid_sentence,
    number,
    start_sentence,
    times,
)
from prompts.library import Library
from prompts.markup import (
    NO_NAME,
    Mrkdwn,
    cleaned,
    cut_for_mrkdwn,
    cut_for_plain,
    marked,
    one_line,
    references,
    shown_name,
)
from prompts.words import TemplateFault, Templates, Words

WRITTEN = (
    "{% block raw %}{{ said }}{% endblock %}"
    "{% block name %}{{ said | name }}{% endblock %}"
    "{% block line %}{{ said | line }}{% endblock %}"
    "{% block cut %}{{ said | line | cut(17) }}{% endblock %}"
    "{% block mention %}{{ said | mention }}{% endblock %}"
    "{% block channel %}{{ said | channel }}{% endblock %}"
    "{% block link %}{{ said | link }}{% endblock %}"
    "{% block links %}{{ [said, said] | links }}{% endblock %}"
    "{% block list %}{{ [said, said, said] | sentence_list }}{% endblock %}"
    "{% block join %}{{ [said, said] | join(said) }}{% endblock %}"
    "{% block titles %}{{ [said] | titles }}{% endblock %}"
    "{% block sentence %}{{ said | with_words(said=said) }}{% endblock %}"
    "{% block upper %}{{ said | upper }}{{ said | mid_sentence }}{{ said | start_sentence }}{% endblock %}"
    "{% block glued %}{{ 'a' ~ said }}{{ said | trim }}{{ said | replace('a', said) }}{% endblock %}"
    "{% block html %}{{ said | safe }}{{ said | e }}{% endblock %}"
)
SLACKISH = st.text(alphabet=st.sampled_from("<>&!@#|^{}a b\n\u202e\u200b\ud800é字👩‍🇩🇪:/.")) | st.sampled_from(
    [
        "<!channel>",
        "<@U0EVIL>",
        "<https://evil|https://good>",
        "<!date^0^{date}^https://evil|x>",
        "&lt;",
        "&amp;lt;",
    ]
)
ANY_TEXT = st.text(alphabet=st.characters()) | SLACKISH | st.lists(SLACKISH).map("".join)
A_LINK = re.compile(r"<https?://[^<>|\s]+\|[^<>|]*>")


@pytest.fixture
def write(tmp_path: Path) -> "Writer":
    return Writer(tmp_path)


class Writer:
    """Puts a template into a folder and returns its words."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, source: str, **facts: Any) -> Words:
        (self.folder / "t").mkdir(exist_ok=True)
        (self.folder / "t" / "x.j2").write_text(source)
        return Templates(self.folder).words("t/x", facts)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    folder = tmp_path_factory.mktemp("prompts")
    (folder / "w.j2").write_text(WRITTEN)
    return Templates(folder)


# What people wrote


@given(said=ANY_TEXT)
def test_whatever_people_wrote_never_becomes_a_mention_or_a_false_link(written: Templates, said: str) -> None:
    words = written.words("w", {"said": said})
    for block in words.blocks:
        text = A_LINK.sub("", words.mrkdwn(block)) if "link" in block else words.mrkdwn(block)
        if block in {"mention", "channel"} and re.fullmatch(r"<[@#!][\w^-]+>", text, re.ASCII):
            continue  # a well-formed id, which is what these filters mark
        assert not re.search(r"[<>]", text), (block, text)
        assert not re.search(r"&(?!(?:amp|lt|gt);)", text), (block, text)


@given(said=ANY_TEXT)
def test_plain_text_is_not_escaped_and_can_always_be_sent(written: Templates, said: str) -> None:
    words = written.words("w", {"said": said})
    assert words.plain("raw") == cleaned(said).strip()
    for block in set(words.blocks) - {"html", "glued"}:
        words.plain(block).encode()


@given(said=ANY_TEXT)
def test_what_is_cleaned_is_clean_and_keeps_every_visible_letter(said: str) -> None:
    clean = cleaned(said)
    assert cleaned(clean) == clean
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in clean)
    kept = [c for c in said if unicodedata.category(c)[0] in "LNP" and c != "\ufffd"]
    assert [c for c in clean if unicodedata.category(c)[0] in "LNP" and c != "\ufffd"] == kept


def test_markup_is_shown_as_it_stands_until_somebody_changes_it(write: Writer) -> None:
    words = write(
        "{% block x %}{{ who }} {{ who | upper }} {{ who ~ 'b' }}{% endblock %}", who=Mrkdwn("<@U1>")
    )
    assert words.mrkdwn("x") == "<@U1> &lt;@U1&gt; &lt;@U1&gt;b"


def test_names_lose_what_does_not_show() -> None:
    assert shown_name("Ma\u200bya\u202e \u00ad Chen\ufeff") == "Maya Chen"
    assert shown_name("\u3164\u200b") == NO_NAME
    assert shown_name("مراجعة\u200f") == "مراجعة"
    assert shown_name("  two\n lines ") == "two lines"


def test_only_plain_references_count_as_markup_in_text_that_may_hold_them() -> None:
    assert (
        references("<@U1> & <!subteam^S2>, <!channel> &lt;")
        == "<@U1> &amp; <!subteam^S2>, &lt;!channel&gt; &lt;"
    )
    assert references("<!subteam^S2|@ops> <https://evil|good>") == (
        "&lt;!subteam^S2|@ops&gt; &lt;https://evil|good&gt;"
    )


# Shortening


@example(said="\u0590", most=1)
@example(said="00\u0590", most=4)
@given(said=ANY_TEXT, most=st.integers(min_value=0, max_value=40))
def test_a_cut_text_never_exceeds_its_limit_and_never_breaks_an_entity(said: str, most: int) -> None:
    short = cut_for_mrkdwn(said, most)
    assert len(short) <= most
    assert not re.search(r"[<>]|&(?!(?:amp|lt|gt);)", short)
    if len(marked(said)) <= most:
        assert short == marked(said)
    elif most:
        kept = short.strip("\u2068\u2069")  # what runs from right to left is kept to itself, whole or cut
        assert kept.endswith("…")
        assert marked(said).strip("\u2068\u2069").startswith(kept[:-1])


@given(said=ANY_TEXT, most=st.integers(min_value=0, max_value=40))
def test_plain_text_is_cut_by_its_own_length(said: str, most: int) -> None:
    short, whole = cut_for_plain(said, most), cleaned(said)
    assert len(short) <= most
    assert short == whole if len(whole) <= most else whole.startswith(short.removesuffix("…"))


@given(
    ids=st.lists(st.sampled_from(["<@U0MAYA>", "<!subteam^S0OPS>", " and ", "&amp;", "x"])),
    most=st.integers(1, 60),
)
def test_markup_is_cut_between_references(ids: list[str], most: int) -> None:
    short = cut_for_mrkdwn(Mrkdwn("".join(ids)), most)
    assert len(short) <= most
    assert re.sub(r"<@U0MAYA>|<!subteam\^S0OPS>", "", short).count("<") == 0


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("e\u0301" * 5, 4, "e\u0301…"),
        ("👩‍👩‍👧 family", 3, "…"),
        ("🇩🇪🇫🇷🇪🇸", 4, "🇩🇪…"),
        ("👍🏽👍🏽", 2, "…"),
        ("a & b & c", 9, "a &amp;…"),
        ("one two", 3, "on…"),
    ],
)
def test_what_people_see_as_one_letter_stays_in_one_piece(text: str, most: int, short: str) -> None:
    assert cut_for_mrkdwn(text, most) in {short, "…"}
    assert len(cut_for_mrkdwn(text, most)) <= most


def test_a_block_can_be_cut_as_a_whole(write: Writer) -> None:
    words = write("{% block x %}{{ 'U1' | mention }} {{ 'ab & cd ' * 9 }}{% endblock %}")
    assert len(words.mrkdwn("x", at_most=20)) <= 20
    assert len(words.plain("x", at_most=20)) <= 20


# Layout


def test_a_line_break_is_a_space_and_an_empty_line_is_a_line_break(write: Writer) -> None:
    words = write("{% block x %}\n  One\n  sentence.\n\n  Next line.\n\n\n  After a gap.\n{% endblock %}")
    assert words.mrkdwn("x") == "One sentence.\nNext line.\n\nAfter a gap."


def test_tags_on_lines_of_their_own_leave_no_trace(write: Writer) -> None:
    source = """
{% block x %}
Ready
{% if extra %}
and {{ extra }}
{% endif %}
for shadow
{% if nothing %}
never
{% endif %}.

{% for one in many %}

• {{ one }}
{% endfor %}
{% endblock %}
"""
    words = write(source, extra="checked", nothing="", many=["a", "b"])
    assert words.mrkdwn("x") == "Ready and checked for shadow.\n• a\n• b"


def test_the_white_space_that_people_wrote_is_kept(write: Writer) -> None:
    words = write("{% block x %}\nSaid:\n\n{{ said }}\nend{% endblock %}", said="a\n\n\nb   c")
    assert words.mrkdwn("x") == "Said:\na\n\n\nb   c end"


def test_what_people_begin_with_a_colon_keeps_its_distance(write: Writer) -> None:
    words = write("{% block x %}\nIn place:\n{{ said }}\n.\n{% endblock %}", said=":tada: done")
    assert words.mrkdwn("x") == "In place: :tada: done."


# Facts and faults


def test_values_are_shown_as_people_write_them(write: Writer) -> None:
    words = write(
        "{% block x %}{{ bar }}|{{ none }}|{{ 5 | in_words }}|{{ 1 | counted('day') }}{% endblock %}",
        bar=Decimal("4.20"),
        none=None,
    )
    assert words.mrkdwn("x") == words.plain("x") == "4.2||five|1 day"


def test_a_block_may_get_facts_of_its_own(write: Writer) -> None:
    words = write("{% block x %}{{ a }}{{ b }}{% endblock %}", a="1", b="2")
    assert words.mrkdwn("x", b="3") == "13"
    assert words.mrkdwn("x") == "12"


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("\n\n{% block x %}\n{{ nobody }}\n{% endblock %}", "prompts/t/x.j2:4: 'nobody' is undefined"),
        ("{% block x %}\n{{ 1 / 0 }}{% endblock %}", "prompts/t/x.j2:2: division by zero"),
        ("\n{% block x %}{% if %}{% endblock %}", "prompts/t/x.j2:2: "),
        ("\n{% block x %}{{ a | nonsense }}{% endblock %}", "prompts/t/x.j2:2: No filter named 'nonsense'"),
        ("\n{% macro m() %}{% endmacro %}{% block x %}{% endblock %}", "prompts/t/x.j2:2: Macro is not used"),
        (
            "{% block y %}{% endblock %}\n{% block x %}{{ self.y() }}{% endblock %}",
            "prompts/t/x.j2:2: a block cannot",
        ),
        ("{% block y %}{% endblock %}", "prompts/t/x.j2:1: no block “x”; there are y"),
        ("{% block x %}{{ when | day }}{% endblock %}", "prompts/t/x.j2:1: an instant needs a time zone"),
    ],
)
def test_a_fault_names_its_file_and_line(write: Writer, source: str, fault: str) -> None:
    words = write(source, when=datetime(2026, 1, 1))  # noqa: DTZ001 - refused is the point
    with pytest.raises(TemplateFault) as found:
        words.mrkdwn("x")
    assert str(found.value).startswith(fault)


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match=r"prompts/t/gone\.j2:1"):
        Templates(tmp_path).words("t/gone", {}).plain("x")


def test_every_template_of_ours_compiles_and_says_what_facts_it_takes() -> None:
    templates = Library.load().templates
    templates.prepare()
    assert "pilots/card" in templates.names()
    for name in templates.names():
        for plain in (True, False):
            assert templates.load(name, plain=plain).blocks
        source = (templates.folder / f"{name}.j2").read_text()
        assert source.startswith("{# ")
        assert "facts:" in source[: source.index("#}")]
        assert "!" not in re.sub(r"!=", "", source), "no exclamation marks"


# Days, links and English


def test_days_are_shown_in_the_reader_s_own_zone_with_a_fallback() -> None:
    when = datetime(2026, 12, 2, 17, 0, tzinfo=UTC)
    assert filters.day(when) == "<!date^1796230800^{date_short_pretty}|2 Dec>"
    assert filters.day(date(2026, 12, 2)) == "<!date^1796207400^{date_short_pretty}|2 Dec>"
    assert filters.moment(when) == "<!date^1796230800^{date_short_pretty} {time}|2 Dec 17:00 UTC>"
    assert filters.plain_moment(when.astimezone(timezone(timedelta(hours=1), "CET"))) == "2 Dec 18:00 CET"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://wiki.example/run?a=1&b=2", "<https://wiki.example/run?a=1&amp;b=2|wiki.example/run?…>"),
        ("https://www.Wiki.example/", "<https://www.Wiki.example/|wiki.example>"),
        ("https://e.example/a|b>c", "<https://e.example/a%7Cb%3Ec|e.example/a¦b&gt;c>"),
        ("https://e.example/p1#deleted", "<https://e.example/p1#deleted|e.example/p1 (deleted)>"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("https://good.example@evil.example/", "https://good.example@evil.example/"),
        ("https://evil.example\\@good.example", "https://evil.example\\@good.example"),
        ("https://exаmple.com", "https://exаmple.com"),  # a Cyrillic letter
        ("https://e.example:99999999/", "https://e.example:99999999/"),
        ("see the <!channel>", "see the &lt;!channel&gt;"),
        ("ftp://e.example/x", "ftp://e.example/x"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_a_link_leads_where_it_says_or_is_only_text(url: str, shown: str) -> None:
    assert filters.link(url) == shown


def test_a_mention_is_made_of_an_id_and_of_nothing_else() -> None:
    assert filters.mention("U0MAYA") == "<@U0MAYA>"
    assert filters.mention("S0OPS") == "<!subteam^S0OPS>"
    assert filters.mention("U1> <!channel") == "U1&gt; &lt;!channel"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("22.0", "22"),
        ("4.20", "4.2"),
        ("100", "100"),
        ("1E+3", "1000"),
        ("-0.0", "0"),
        ("0.050", "0.05"),
        ("-3", "-3"),
    ],
)
def test_figures_have_no_needless_zeros(value: str, shown: str) -> None:
    assert number(Decimal(value)) == shown


def test_figures_that_are_none_are_shown_as_they_are() -> None:
    assert number(Decimal("NaN")) == "NaN"


def test_thousands_stand_apart_in_figures_that_people_read() -> None:
    figures = ("1234.50", "-2500", "999.9", "-0.5", "16800", "1E+3", "NaN", "Infinity")
    said = ["1,234.5", "-2,500", "999.9", "-0.5", "16,800", "1,000", "NaN", "Infinity"]
    assert [grouped(Decimal(figure)) for figure in figures] == said


def test_how_often_something_was_done_is_said_in_words_where_english_has_one() -> None:
    assert [times(count) for count in (1, 2, 3, 1200)] == ["once", "twice", "3 times", "1,200 times"]


def test_counts_are_words_up_to_twelve() -> None:
    assert [in_words(count) for count in (0, 1, 7, 12, 13)] == ["no", "one", "seven", "twelve", "13"]
    assert start_sentence(in_words(5)) == "Five"
    assert (counted(1, "day"), counted(2, "day"), counted(0, "reply", "replies")) == (
        "1 day",
        "2 days",
        "0 replies",
    )


@pytest.mark.parametrize(
    ("title", "inside"),
    [
        ("Rollback", "rollback"),
        ("Cost model", "cost model"),
        ("API access", "API access"),
        ("CSAT", "CSAT"),
        ("A control group", "a control group"),
        ("iPhone app", "iPhone app"),
        ("GitHub link", "GitHub link"),
        ("A/B test", "A/B test"),
        ("", ""),
    ],
)
def test_a_title_inside_a_sentence_begins_small_unless_it_is_an_acronym(title: str, inside: str) -> None:
    assert mid_sentence(title) == inside


def test_lists_read_as_sentences() -> None:
    assert [join_words(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert filters.sentence_list(["a<b", Mrkdwn("<@U1>")], "or") == "a&lt;b or <@U1>"
    assert (
        filters.titles(["Rollback", "API access", "C", "D", "E", "F", "G"])
        == "rollback, API access, C, D, E and 2 more"
    )


def test_titles_know_their_number() -> None:
    assert [are_several([title]) for title in ("Rollback", "Guardrails", "Rules and records", "Today's process")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert are_several(["a", "b"])


def test_lines_are_folded_into_one() -> None:
    assert one_line(" a\r\n\tb\u2028 c ") == "a b c"
    assert isinstance(one_line(Mrkdwn("<@U1>  x")), Mrkdwn)


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
@pytest.mark.parametrize("due", [date(2026, 1, 15), date(2026, 7, 15)])
def test_a_date_is_the_same_day_wherever_it_is_read(due: date, zone: str) -> None:
    found = re.match(r"<!date\^(\d+)\^", filters.day(due))
    assert found
    assert datetime.fromtimestamp(int(found[1]), ZoneInfo(zone)).date() == due
