"""Exports that people read: HTML and Markdown, whole and harmless whatever people wrote."""

import re
from html.parser import HTMLParser

import pytest

from bot.domain.moves import MoveKind
from bot.domain.pilots import Pilot
from bot.exports.files import Format
from bot.pilots import workflow as pilots

from .conftest import MAYA, House, registration
from .exports import HOSTILE, answered, everything, one, stalled

TAGS = frozenset(
    re.findall(
        r"\w+",
        "a b bdi body br caption dd div dl dt figcaption figure h1 h2 h3 head html li main meta ol p rect section span style"
        " svg table tbody td text th thead title tr ul",
    )
)
"""What our pages are made of."""


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "br", "rect"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_makes_nothing_of_an_html_page(house: House, text: str) -> None:
    pilot = house.do(pilots.register, MAYA, registration(name=text[:80].strip(), problem=text))
    answered(house, pilot, "monitoring", text, "https://grafana.example/d/1", "javascript:alert(1)")
    for content in (one(house, pilot, Format.HTML), everything(house, Format.HTML)[0].content):
        page = Page(content)
        assert page.open == []
        assert set(page.tags) <= TAGS
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        leads_to = [value for name, value in page.attributes if name in {"href", "src"}]
        assert all(value and value.startswith("https://grafana.example/") for value in leads_to)


def test_a_page_fetches_nothing_and_runs_nothing(house: House, pilot: Pilot) -> None:
    stalled(house, pilot)
    for content in (one(house, pilot, Format.HTML), everything(house, Format.HTML)[0].content):
        page = Page(content)
        assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
        assert not re.search(r"url\(|@import|https?://(?!grafana)", content.split("</style>")[0])
        assert "default-src 'none'" in content


def test_beside_each_chart_there_is_a_table_and_both_have_names(house: House, pilot: Pilot) -> None:
    house.later(days=5)
    house.do(pilots.move, MAYA, house.pilot(pilot.id), "shadow", MoveKind.PROMOTED, "review.approved")
    house.later(days=5)
    content = everything(house, Format.HTML)[0].content
    assert content.count('<svg role="img" aria-label="') == content.count("<figure") == 3
    for figure in content.split("<figure")[1:]:
        inside = figure.split("</figure>")[0]
        assert "<table>" in inside
        assert "<caption>" in inside
        assert 'scope="row"' in inside


def test_words_that_look_like_markdown_stay_words(house: House) -> None:
    house.do(pilots.register, MAYA, registration(name="a | b [x](javascript:alert(1))"))
    (file,) = everything(house, Format.MARKDOWN)
    assert r"a \| b \[x\](javascript:alert(1))" in file.content
    head, *lines = [line for line in file.content.splitlines() if line.startswith("|")]
    assert head
    table = [line for line in lines if "Deflection" in line or "javascript" in line]
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 13 for line in table)


def test_the_report_says_what_was_noticed_and_what_is_to_be_decided(house: House, pilot: Pilot) -> None:
    stalled(house, pilot)
    for wanted in (Format.HTML, Format.MARKDOWN):
        assert "A trial without an end" in one(house, pilot, wanted)
