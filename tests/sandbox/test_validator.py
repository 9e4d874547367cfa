"""What the block validator refuses and accepts in messages: a broken payload each, and every limit at its edge."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.validator import message_problems, problems_of_blocks, problems_of_message

Block = dict[str, Any]


def plain(words: str) -> Block:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str) -> Block:
    return {"type": "mrkdwn", "text": words}


def section(words: str = "Words", **more: Any) -> Block:
    return {"type": "section", "text": mrkdwn(words), **more}


def button(words: str = "Approve", **more: Any) -> Block:
    return {"type": "button", "text": plain(words), "action_id": "review.approve", **more}


def actions(*elements: Block, **more: Any) -> Block:
    return {"type": "actions", "elements": list(elements), **more}


def option(words: str, value: str | None = None, **more: Any) -> Block:
    return {"text": plain(words), "value": value or words, **more}


def select(count: int = 3, **more: Any) -> Block:
    options = [option(f"Option {number}") for number in range(count)]
    return {"type": "static_select", "action_id": "pick", "options": options, **more}


def raw(words: str) -> Block:
    return {"type": "raw_text", "text": words}


def data_table(rows: int = 3, columns: int = 2, **more: Any) -> Block:
    body = [[raw(f"{row}.{column}") for column in range(columns)] for row in range(rows)]
    return {"type": "data_table", "caption": "Pilots", "rows": body, **more}


def bars(categories: int = 3, lines: int = 1, **chart: Any) -> Block:
    labels = [f"Week {number}" for number in range(categories)]
    series = [
        {"name": f"Series {line}", "data": [{"label": label, "value": 4} for label in labels]}
        for line in range(lines)
    ]
    shape = {"type": "bar", "series": series, "axis_config": {"categories": labels}, **chart}
    return {"type": "data_visualization", "title": "Funnel", "chart": shape}


def pie(*values: float) -> Block:
    segments = [{"label": f"Part {number}", "value": value} for number, value in enumerate(values)]
    return {
        "type": "data_visualization",
        "title": "Shares",
        "chart": {"type": "pie", "segments": segments},
    }


def rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*inline: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(inline)}


def confirm(**more: Any) -> Block:
    words = {
        "title": plain("Sure?"),
        "text": plain("It is final."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    return {**words, **more}


WELL_FORMED = {
    "a section": section(),
    "a section with fields and an image": section(
        fields=[mrkdwn("*Owner*"), plain("Payments")],
        accessory={"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A chart"},
    ),
    "a header": {"type": "header", "text": plain("Refund triage")},
    "a divider": {"type": "divider"},
    "a context": {"type": "context", "elements": [mrkdwn("today"), plain("now")]},
    "actions of every kind": actions(
        button(style="primary", value="7", confirm=confirm(style="danger")),
        {"type": "overflow", "action_id": "more", "options": [option("Status"), option("Log")]},
        select(initial_option=option("Option 1")),
        {"type": "users_select", "action_id": "who", "initial_user": "U1", "placeholder": plain("Who")},
        {"type": "datepicker", "action_id": "when", "initial_date": "2026-12-02"},
        {"type": "timepicker", "action_id": "time", "initial_time": "09:00"},
    ),
    "rich text": rich(
        rich_section(
            {"type": "text", "text": "Ask ", "style": {"bold": True}},
            {"type": "user", "user_id": "U1"},
            {"type": "link", "url": "https://example.com", "text": "here"},
            {"type": "emoji", "name": "wave"},
            {"type": "usergroup", "usergroup_id": "S1"},
            {"type": "channel", "channel_id": "C1"},
        ),
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [rich_section({"type": "text", "text": "one"})],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]},
    ),
    "an image": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A chart"},
    "a markdown block": {"type": "markdown", "text": "# Heading"},
    "a table": {
        "type": "table",
        "rows": [[raw("Pilot"), raw("Stage")]],
        "column_settings": [{"align": "right"}],
    },
    "a data table with numbers": data_table(
        rows=0,
        page_size=5,
        row_header_column_index=1,
    )
    | {
        "rows": [
            [raw("Cost"), raw("Name")],
            [{"type": "raw_number", "value": 4.2, "text": "4.20 €"}, raw("x")],
        ]
    },
    "a bar chart": bars(),
    "a pie": pie(3, 2, 1),
    "an input": {
        "type": "input",
        "label": plain("Reason"),
        "element": {"type": "plain_text_input", "action_id": "reason", "multiline": True},
    },
    "context actions": {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "helped",
                "positive_button": {"text": plain("Helped"), "value": "yes"},
                "negative_button": {"text": plain("Did not"), "value": "no"},
            },
            {"type": "icon_button", "icon": "trash", "text": plain("Remove"), "action_id": "remove"},
        ],
    },
    "a card": {"type": "card", "title": mrkdwn("Refund triage"), "actions": [button()]},
    "a container": {"type": "container", "title": plain("Details"), "child_blocks": [section()]},
}


@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_well_formed_block_is_accepted(name: str) -> None:
    assert problems_of_message({"text": "Words", "blocks": [WELL_FORMED[name]]}) == []


BROKEN: dict[str, tuple[Block, str]] = {
    "an unknown block type": ({"type": "sekction"}, "unsupported type: sekction"),
    "a block without a type": ({"text": plain("x")}, "unsupported type: None"),
    "an alert outside a modal": ({"type": "alert", "text": plain("x")}, "alert is not allowed in a message"),
    "an empty text": (section(""), "must be more than 0 characters"),
    "a text that is no object": ({"type": "section", "text": "words"}, "must be an object"),
    "a text of an unknown kind": (
        section() | {"text": {"type": "text", "text": "x"}},
        "must be one of: plain_text",
    ),
    "a misspelt key": (section(feilds=[]), "invalid additional property: feilds"),
    "emoji on a mrkdwn text": (
        section() | {"text": mrkdwn("x") | {"emoji": True}},
        "invalid additional property: emoji",
    ),
    "a section with nothing": ({"type": "section"}, "must provide either text or fields"),
    "a header in mrkdwn": ({"type": "header", "text": mrkdwn("x")}, "must be one of: plain_text"),
    "a header without text": ({"type": "header"}, "missing required field: text"),
    "an input element in a section": (
        section(accessory={"type": "plain_text_input", "action_id": "x"}),
        "unsupported type: plain_text_input",
    ),
    "a button in a context": ({"type": "context", "elements": [button()]}, "unsupported type: button"),
    "a button in an input": (
        {"type": "input", "label": plain("x"), "element": button()},
        "unsupported type: button",
    ),
    "no elements": (actions(), "must have at least 1 items"),
    "an unknown element": (actions({"type": "toggle"}), "unsupported type: toggle"),
    "a button without text": (actions({"type": "button", "action_id": "x"}), "missing required field: text"),
    "an unknown button style": (actions(button(style="warning")), "must be one of: primary, danger"),
    "a script address": (actions(button(url="javascript:alert(1)")), "must be a valid http, https or mailto"),
    "a data address on an image": (
        {"type": "image", "image_url": "data:text/html,x", "alt_text": "x"},
        "must be a valid http, https or mailto",
    ),
    "an image without words for it": (
        {"type": "image", "image_url": "https://example.com/a.png"},
        "missing required field: alt_text",
    ),
    "an image without a source": ({"type": "image", "alt_text": "x"}, "either image_url or slack_file"),
    "a select without options": (
        actions({"type": "static_select", "action_id": "x"}),
        "must provide either options or option_groups",
    ),
    "an initial option that is no option": (
        actions(select(initial_option=option("Elsewhere"))),
        "initial option must be one of the options",
    ),
    "an initial option with other words": (
        actions(select(initial_option=option("Other words", "Option 1"))),
        "initial option must be one of the options",
    ),
    "an initial checkbox that is no option": (
        actions(
            {
                "type": "checkboxes",
                "action_id": "x",
                "options": [option("A")],
                "initial_options": [option("B")],
            }
        ),
        "initial option must be one of the options",
    ),
    "two options with one value": (
        actions({"type": "overflow", "action_id": "x", "options": [option("A", "1"), option("B", "1")]}),
        "must be unique among the options",
    ),
    "an option without a value": (
        actions({"type": "overflow", "action_id": "x", "options": [{"text": plain("A")}]}),
        "missing required field: value",
    ),
    "a confirm without its words": (
        actions(button(confirm={"title": plain("Sure?")})),
        "missing required field: text",
    ),
    "a date that is none": (
        actions({"type": "datepicker", "action_id": "x", "initial_date": "2 December"}),
        "must be in the form YYYY-MM-DD",
    ),
    "a time that is none": (
        actions({"type": "timepicker", "action_id": "x", "initial_time": "25:00"}),
        "must be in the form HH:mm",
    ),
    "a day that there is not": (
        actions({"type": "datepicker", "action_id": "x", "initial_date": "2026-02-30"}),
        "must be a day that there is",
    ),
    "several to choose from among buttons": (
        actions({"type": "multi_users_select", "action_id": "x"}),
        "unsupported type: multi_users_select",
    ),
    "a file input in a message": (
        {"type": "input", "label": plain("x"), "element": {"type": "file_input", "action_id": "x"}},
        "file_input is only allowed in modals",
    ),
    "a number input that says nothing of decimals": (
        {"type": "input", "label": plain("x"), "element": {"type": "number_input", "action_id": "x"}},
        "missing required field: is_decimal_allowed",
    ),
    "a smallest number over the largest": (
        {
            "type": "input",
            "label": plain("x"),
            "element": {
                "type": "number_input",
                "action_id": "x",
                "is_decimal_allowed": False,
                "min_value": "5",
                "max_value": "4",
            },
        },
        "must not be more than max_value",
    ),
    "an address among buttons": (
        actions({"type": "url_text_input", "action_id": "x"}),
        "unsupported type: url_text_input",
    ),
    "rich text with an unknown part": (rich(rich_section({"type": "mention"})), "unsupported type: mention"),
    "rich text with an empty text": (
        rich(rich_section({"type": "text", "text": ""})),
        "must be more than 0 characters",
    ),
    "a rich text list of text": (
        rich({"type": "rich_text_list", "style": "bullet", "elements": [{"type": "text", "text": "x"}]}),
        "must be one of: rich_text_section",
    ),
    "a data table without a caption": (
        {"type": "data_table", "rows": [[raw("a")], [raw("b")]]},
        "missing required field: caption",
    ),
    "a data table of one row": (data_table(rows=1), "must have at least 2 items"),
    "a ragged data table": (
        data_table() | {"rows": [[raw("a"), raw("b")], [raw("c")]]},
        "all rows must have the same number of cells",
    ),
    "rich text in a data table's header": (
        data_table() | {"rows": [[rich(rich_section())], [raw("c")]]},
        "unsupported type: rich_text",
    ),
    "an empty cell": (data_table() | {"rows": [[raw("a")], [raw("")]]}, "must be more than 0 characters"),
    "a row header beyond the columns": (data_table(row_header_column_index=2), "must be between 0 and 1"),
    "an unknown chart": (bars(type="radar"), "unsupported type: radar"),
    "a chart without axes": (bars(axis_config=None), "missing required field: axis_config"),
    "a series that misses a category": (
        bars(axis_config={"categories": ["Week 0", "Week 1", "Week 2", "Week 3"]}),
        "must have exactly one value for each category",
    ),
    "two series of one name": (
        bars(series=[{"name": "A", "data": [{"label": f"Week {n}", "value": 1} for n in range(3)]}] * 2),
        "must be unique",
    ),
    "a value that is no number": (
        {
            "type": "data_visualization",
            "title": "x",
            "chart": {"type": "pie", "segments": [{"label": "A", "value": "1"}]},
        },
        "must be a number",
    ),
    "a pie slice of nothing": (pie(1, 0), "must be more than 0"),
    "a card with nothing on it": ({"type": "card", "subtitle": plain("x")}, "must provide at least one of"),
    "a container in a container": (
        {
            "type": "container",
            "title": plain("x"),
            "child_blocks": [{"type": "container", "title": plain("x"), "child_blocks": [section()]}],
        },
        "unsupported type: container",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_block_is_refused(name: str) -> None:
    block, words = BROKEN[name]
    problems = problems_of_message({"text": "Words", "blocks": [block]})
    assert any(words in problem for problem in problems), problems


def message_of(*blocks: Block) -> Block:
    return {"text": "Words", "blocks": list(blocks)}


def input_of(element: Block, **more: Any) -> Block:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


LIMITS: dict[str, tuple[int, Callable[[int], Block]]] = {
    "section text": (3000, lambda n: message_of(section("x" * n))),
    "section fields": (10, lambda n: message_of(section(fields=[mrkdwn("x")] * n))),
    "a section field": (2000, lambda n: message_of(section(fields=[mrkdwn("x" * n)]))),
    "a header": (150, lambda n: message_of({"type": "header", "text": plain("x" * n)})),
    "context elements": (10, lambda n: message_of({"type": "context", "elements": [mrkdwn("x")] * n})),
    "actions elements": (
        25,
        lambda n: message_of(actions(*(button(action_id=f"a{number}") for number in range(n)))),
    ),
    "message blocks": (50, lambda n: message_of(*[section()] * n)),
    "message text": (40_000, lambda n: {"text": "x" * n}),
    "a block_id": (255, lambda n: message_of(section(block_id="x" * n))),
    "an action_id": (255, lambda n: message_of(actions(button(action_id="x" * n)))),
    "a button's text": (75, lambda n: message_of(actions(button("x" * n)))),
    "a button's value": (2000, lambda n: message_of(actions(button(value="x" * n)))),
    "a button's address": (3000, lambda n: message_of(actions(button(url="https://" + "x" * (n - 8))))),
    "an option's text": (
        75,
        lambda n: message_of(actions({"type": "overflow", "options": [option("x" * n, "v")]})),
    ),
    "an option's value": (
        150,
        lambda n: message_of(actions({"type": "overflow", "options": [option("x", "v" * n)]})),
    ),
    "an option's description": (
        75,
        lambda n: message_of(actions(select(0) | {"options": [option("x", description=plain("d" * n))]})),
    ),
    "select options": (100, lambda n: message_of(actions(select(n)))),
    "option groups": (
        100,
        lambda n: message_of(
            actions(
                {
                    "type": "static_select",
                    "option_groups": [{"label": plain("x"), "options": [option("y")]}] * n,
                }
            )
        ),
    ),
    "overflow options": (
        5,
        lambda n: message_of(actions(select(n) | {"type": "overflow"})),
    ),
    "radio buttons": (10, lambda n: message_of(actions(select(n) | {"type": "radio_buttons"}))),
    "a placeholder": (150, lambda n: message_of(actions(select(placeholder=plain("x" * n))))),
    "a confirm title": (100, lambda n: message_of(actions(button(confirm=confirm(title=plain("x" * n)))))),
    "a confirm text": (300, lambda n: message_of(actions(button(confirm=confirm(text=plain("x" * n)))))),
    "a confirm button": (30, lambda n: message_of(actions(button(confirm=confirm(deny=plain("x" * n)))))),
    "an input's label": (
        2000,
        lambda n: message_of(input_of({"type": "plain_text_input"}, label=plain("x" * n))),
    ),
    "an input's hint": (
        2000,
        lambda n: message_of(input_of({"type": "plain_text_input"}, hint=plain("x" * n))),
    ),
    "an input's longest answer": (
        3000,
        lambda n: message_of(input_of({"type": "plain_text_input", "max_length": n})),
    ),
    "an input's first words": (
        40,
        lambda n: message_of(
            input_of({"type": "plain_text_input", "max_length": 40, "initial_value": "x" * n})
        ),
    ),
    "a markdown block": (12_000, lambda n: message_of({"type": "markdown", "text": "x" * n})),
    "an image's words": (
        2000,
        lambda n: message_of(
            {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "x" * n}
        ),
    ),
    "table rows": (100, lambda n: message_of({"type": "table", "rows": [[raw("x")]] * n})),
    "table columns": (20, lambda n: message_of({"type": "table", "rows": [[raw("x")] * n]})),
    "tables": (1, lambda n: message_of(*[{"type": "table", "rows": [[raw("x")]]}] * n)),
    "data table rows": (101, lambda n: message_of(data_table(rows=n))),
    "data table columns": (20, lambda n: message_of(data_table(columns=n))),
    "a data table's page": (100, lambda n: message_of(data_table(page_size=n))),
    "all cells of a table": (
        10_000,
        lambda n: message_of(data_table() | {"rows": [[raw("x" * 5000)], [raw("y" * (n - 5000))]]}),
    ),
    "a chart's title": (50, lambda n: message_of(pie(1) | {"title": "x" * n})),
    "chart categories": (20, lambda n: message_of(bars(n))),
    "chart series": (6, lambda n: message_of(bars(lines=n))),
    "pie slices": (6, lambda n: message_of(pie(*[1] * n))),
    "charts": (2, lambda n: message_of(*[pie(1)] * n)),
    "an axis label": (
        50,
        lambda n: message_of(
            bars(axis_config={"categories": [f"Week {number}" for number in range(3)], "y_label": "y" * n})
        ),
    ),
    "a category": (
        20,
        lambda n: message_of(
            bars(
                axis_config={"categories": ["c" * n]},
                series=[{"name": "A", "data": [{"label": "c" * n, "value": 1}]}],
            )
        ),
    ),
    "context actions": (
        5,
        lambda n: message_of(
            {
                "type": "context_actions",
                "elements": [{"type": "icon_button", "icon": "trash", "text": plain("x")}] * n,
            }
        ),
    ),
    "cards in a carousel": (
        10,
        lambda n: message_of({"type": "carousel", "elements": [{"type": "card", "title": plain("x")}] * n}),
    ),
    "all blocks of a message": (
        13_200,
        lambda n: message_of(*[section("x" * 3000)] * 4, section("x" * (n - 12_000))),
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_kept_at_its_edge_and_refused_beyond(name: str) -> None:
    edge, build = LIMITS[name]
    assert problems_of_message(build(edge)) == []
    assert problems_of_message(build(edge + 1)) != []


def test_a_duplicate_block_id_is_refused_where_it_stands() -> None:
    (problem,) = message_problems(message_of(section(block_id="a"), section(block_id="a")))
    assert problem.pointer == "/blocks/1/block_id"
    assert "already exists" in problem.message


@pytest.mark.parametrize("apart", [True, False], ids=["in two blocks", "in one block"])
def test_a_duplicate_action_id_is_refused(apart: bool) -> None:
    blocks = [actions(button()), actions(button())] if apart else [actions(button(), button())]
    (problem,) = problems_of_message(message_of(*blocks))
    assert 'action_id "review.approve" already exists' in problem


def test_only_one_element_takes_the_focus() -> None:
    focused = {"type": "datepicker", "focus_on_load": True}
    (problem,) = problems_of_message(message_of(actions(focused, copy.deepcopy(focused))))
    assert "focus_on_load" in problem


def test_a_message_without_words_and_blocks_is_refused() -> None:
    assert problems_of_message({"text": ""}) == ["must provide text or blocks [json-pointer:/]"]


def test_a_message_of_words_alone_is_accepted() -> None:
    assert problems_of_message({"text": "Words", "channel": "C1"}) == []


def test_blocks_in_attachments_are_judged_too() -> None:
    (problem,) = problems_of_message({"text": "x", "attachments": [{"blocks": [{"type": "nope"}]}]})
    assert problem.endswith("[json-pointer:/attachments/0/blocks/0/type]")


@pytest.mark.parametrize("payload", [None, [], "text", {"blocks": "[]"}, {"blocks": [None]}, {"blocks": {}}])
def test_what_is_no_message_is_refused_in_words(payload: Any) -> None:
    assert problems_of_message(payload) != []


def test_all_problems_are_told_at_once() -> None:
    problems = problems_of_blocks([{"type": "nope"}, section(""), {"type": "header"}])
    assert len(problems) == 3


def test_emoji_and_wide_characters_count_once_each() -> None:
    assert problems_of_message(message_of({"type": "header", "text": plain("試験✅" * 50)})) == []
