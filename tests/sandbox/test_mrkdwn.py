"""Slack's markup as people see it on the page: what becomes a tag, and that nothing hostile ever does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from sandbox.page.emoji import emoji
from sandbox.page.markdown import markdown
from sandbox.page.mrkdwn import editable_text, mrkdwn, plain
from sandbox.page.reader import Reader
from sandbox.page.rich_text import rich_text

MAYA = {
    "id": "U1",
    "name": "maya",
    "real_name": "Maya <b>Chen</b>",
    "team_id": "T1",
    "tz": "Europe/Berlin",
}
READER = Reader(
    user_id="U1",
    users={"U1": MAYA, "U2": {"id": "U2", "name": "jonas", "real_name": "Jonas Weber"}},
    channels={
        "C1": {"id": "C1", "name": "ai-pilots"},
        "C2": {"id": "C2", "name": "secret", "is_private": True},
    },
    usergroups={"S1": {"id": "S1", "handle": "payments-ops", "users": ["U1"]}},
    members={"C2": ["U2"]},
    now=datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
)


def drawn(text: str) -> str:
    return str(mrkdwn(text, READER))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* and _it_ and ~gone~", "<strong>bold</strong> and <em>it</em> and <s>gone</s>"),
        ("*bold _both_*", "<strong>bold <em>both</em></strong>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("`a < b`", "<code>a &lt; b</code>"),
        ("`*not bold*`", "<code>*not bold*</code>"),
        ("one\ntwo", "one<br>two"),
        ("a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"),
        ("&gt; quoted\n&gt; again\nafter", "<blockquote>quoted<br>again</blockquote>after"),
        ("&eacute;", "&amp;eacute;"),
    ],
)
def test_markup_becomes_tags(text: str, html: str) -> None:
    assert drawn(text) == html


def test_a_bare_address_becomes_a_link_without_the_stop_after_it() -> None:
    html = drawn("(see https://example.com/a?b=1&amp;c=2).")
    assert html.startswith('(see <a href="https://example.com/a?b=1&amp;c=2" rel=')
    assert html.endswith(">https://example.com/a?b=1&amp;c=2</a>).")


def test_fenced_code_keeps_its_lines_and_its_asterisks() -> None:
    assert drawn("```\n*a*\n  b\n```") == '<pre class="code-block">*a*\n  b</pre>'


def test_lists_keep_their_marks_and_hang() -> None:
    assert drawn("1. Rollback\n• Owner").count('class="listed"') == 2


def test_a_mention_shows_the_name_and_marks_the_reader() -> None:
    assert '<span class="mention" data-user="U2">@Jonas Weber</span>' in drawn("<@U2>")
    assert 'class="mention me" data-user="U1">@Maya &lt;b&gt;Chen&lt;/b&gt;' in drawn("<@U1>")
    assert "@Somebody unknown" in drawn("<@U9>")
    assert 'data-group="S1">@payments-ops' in drawn("<!subteam^S1|@anything>")
    assert "@here" in drawn("<!here>")


def test_a_channel_is_a_link_and_a_private_one_keeps_its_name() -> None:
    assert '<a class="mention" href="/archives/C1?as=U1">#ai-pilots</a>' in drawn("<#C1|whatever>")
    assert "secret" not in drawn("<#C2|secret>")


@pytest.mark.parametrize(
    "address", ["https://example.com/a?b=1", "http://example.com", "mailto:a@example.com"]
)
def test_safe_addresses_become_links(address: str) -> None:
    assert f'<a href="{address}" rel="noopener noreferrer" target="_blank">words</a>' in drawn(
        f"<{address}|words>"
    )


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "vbscript:x", " https://x y"]
)
def test_other_addresses_stay_words(address: str) -> None:
    assert "<a" not in drawn(f"<{address}|click me>")


def test_a_date_is_shown_in_the_readers_zone() -> None:
    shown = drawn("<!date^1795348800^{date_short} at {time}|fallback>")
    assert "Nov 22, 2026 at 13:00</time>" in shown
    assert "today" in drawn("<!date^1795348800^{date_pretty}|x>")
    assert drawn("<!date^soon^{date}|next week>") == "next week"


def test_a_date_does_not_smuggle_a_script_in() -> None:
    assert "<a" not in drawn("<!date^0^{date}^javascript:alert(1)|x>")
    assert "href" in drawn("<!date^0^{date}^https://example.com|x>")


def test_known_emoji_are_drawn_and_unknown_ones_kept() -> None:
    assert "✅" in drawn(":white_check_mark:")
    assert drawn(":no_such_thing:") == ":no_such_thing:"
    assert emoji("+1::skin-tone-3") == "👍"
    assert str(plain("09:30:45", with_emoji=True)) == "09:30:45"


def test_plain_text_is_no_markup() -> None:
    assert str(plain("*a* <@U1> & <b>")) == "*a* &lt;@U1&gt; &amp; &lt;b&gt;"


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<https://x.example|<img src=x onerror=alert(1)>>",
    '<https://x.example/" onmouseover="alert(1)|x>',
    "```</pre><script>alert(1)</script>```",
    "`</code><script>alert(1)</script>`",
    "<#C9|<script>alert(1)</script>>",
    "<!subteam^S9|@<script>alert(1)</script>>",
    "<!date^0^<script>alert(1)</script>|<script>x</script>>",
    "*<script>alert(1)</script>*",
]


def no_foreign_tag(html: str) -> bool:
    return "<script" not in html and "<img" not in html and '" onmouseover="' not in html


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert(text: str) -> None:
    assert no_foreign_tag(drawn(text))
    assert no_foreign_tag(str(plain(text)))
    assert no_foreign_tag(str(markdown(text)))
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    assert no_foreign_tag(str(rich_text({"type": "rich_text", "elements": [words]}, READER)))


@given(st.text(alphabet="<>&|@#!^*_~`:/ \nabcU1jsh.\"'", max_size=80))
def test_no_text_at_all_opens_a_tag_of_its_own(text: str) -> None:
    ours = ("strong", "em", "s", "code", "pre", "a", "span", "blockquote", "br", "time")
    opened = drawn(text).replace("</", "<").split("<")[1:]
    assert all(piece.split(">")[0].split(" ")[0] in ours for piece in opened)


def test_a_text_is_edited_as_it_was_typed() -> None:
    stored = "ask <@U2> in <#C1|ai-pilots>, see <https://example.com> &amp; <!subteam^S1|@x> <!here>"
    assert (
        editable_text(stored, READER)
        == "ask @jonas in #ai-pilots, see https://example.com & @payments-ops @here"
    )


def test_markdown_is_read_as_far_as_one_block_needs() -> None:
    html = str(
        markdown(
            "# Title\n\n**bold** [link](https://example.com)\n\n- [x] done\n- two\n\n> quote\n\n| a | b |\n|---|---|\n| 1 | 2 |"
        )
    )
    for part in ("<h3>Title</h3>", "<strong>bold</strong>", 'href="https://example.com"', "<li>☑ done</li>"):
        assert part in html
    assert "<blockquote><p>quote</p></blockquote>" in html
    assert "<td>1</td>" in html
    assert "<a" not in str(markdown("[x](javascript:alert)"))


def test_rich_text_keeps_its_structure() -> None:
    block = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "a\nb", "style": {"bold": True, "italic": True}},
                    {"type": "user", "user_id": "U2"},
                    {"type": "link", "url": "javascript:x", "text": "no"},
                    {"type": "date", "timestamp": 1795348800, "format": "{time}", "fallback": "x"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 1,
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x < y"}]},
        ],
    }
    html = str(rich_text(block, READER))
    assert "<strong><em>a<br>b</em></strong>" in html
    assert '<ol class="indent-1"><li>one</li></ol>' in html
    assert '<pre class="code-block">x &lt; y</pre>' in html
    assert "13:00" in html
    assert "href" not in html
