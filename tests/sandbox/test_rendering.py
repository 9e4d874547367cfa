"""Blocks as HTML: every kind the validator accepts is drawn, with names for people who do not see it, and inert."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sandbox.page.charts import chart, nice_scale, short_number
from sandbox.page.frame import Frame
from sandbox.page.reader import Reader
from sandbox.page.rendering import render_blocks

Block = dict[str, Any]

READER = Reader(
    user_id="U1",
    users={
        "U1": {"id": "U1", "name": "maya", "real_name": "Maya Chen", "team_id": "T1", "tz": "Europe/Berlin"},
        "U2": {"id": "U2", "name": "jonas", "real_name": "Jonas Weber", "team_id": "T1"},
        "U3": {"id": "U3", "name": "dora", "real_name": "Dora Past", "team_id": "T1", "deleted": True},
        "U4": {"id": "U4", "name": "carla", "real_name": "Carla Rossi", "team_id": "T2"},
    },
    channels={"C1": {"id": "C1", "name": "ai-pilots", "context_team_id": "T1"}},
)
FRAME = Frame(READER, channel_id="C1", ts="1700000000.000100")


def drawn(*blocks: Block, frame: Frame = FRAME) -> str:
    return str(render_blocks([{"block_id": f"b{n}"} | block for n, block in enumerate(blocks)], frame))


def plain(words: str) -> Block:
    return {"type": "plain_text", "text": words}


def button(**more: Any) -> Block:
    return {"type": "button", "text": plain("Approve"), "action_id": "review.approve", **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def input_of(element: Block, **more: Any) -> Block:
    return {"type": "input", "label": plain("Reason"), "element": {"action_id": "a", **element}, **more}


def option(words: str) -> Block:
    return {"text": plain(words), "value": words.lower()}


OPTIONS = [option("Pilot"), option("Shadow")]
EVERY_ELEMENT = {
    "button": button(),
    "overflow": {"type": "overflow", "action_id": "a", "options": OPTIONS},
    "static_select": {"type": "static_select", "action_id": "a", "options": OPTIONS},
    "static_select in groups": {
        "type": "static_select",
        "action_id": "a",
        "option_groups": [{"label": plain("Stages"), "options": OPTIONS}],
    },
    "multi_static_select": {"type": "multi_static_select", "action_id": "a", "options": OPTIONS},
    "users_select": {"type": "users_select", "action_id": "a"},
    "multi_users_select": {"type": "multi_users_select", "action_id": "a", "initial_users": ["U2"]},
    "channels_select": {"type": "channels_select", "action_id": "a"},
    "conversations_select": {"type": "conversations_select", "action_id": "a"},
    "datepicker": {"type": "datepicker", "action_id": "a", "initial_date": "2026-12-02"},
    "timepicker": {"type": "timepicker", "action_id": "a", "initial_time": "09:00"},
    "datetimepicker": {"type": "datetimepicker", "action_id": "a", "initial_date_time": 1795348800},
    "radio_buttons": {
        "type": "radio_buttons",
        "action_id": "a",
        "options": OPTIONS,
        "initial_option": OPTIONS[1],
    },
    "checkboxes": {
        "type": "checkboxes",
        "action_id": "a",
        "options": OPTIONS,
        "initial_options": OPTIONS[:1],
    },
    "rich_text_input": {"type": "rich_text_input", "action_id": "a"},
}


@pytest.mark.parametrize("name", EVERY_ELEMENT)
def test_every_element_is_drawn_and_tells_the_app_when_it_is_used(name: str) -> None:
    html = drawn(actions(EVERY_ELEMENT[name]))
    assert "undrawn" not in html
    assert 'hx-post="/act/use"' in html
    sent = json.loads(_attribute(html, "hx-vals"))
    used = {"block_id": "b0", "action_id": EVERY_ELEMENT[name]["action_id"]}
    # A menu's entry says which one it is; whatever else has a choice is a field, which the form sends.
    assert sent == (used | {"v|b0|a": OPTIONS[0]["value"]} if name == "overflow" else used)


def test_the_form_around_blocks_says_who_acts_and_where() -> None:
    assert FRAME.place() == {"as": "U1", "kind": "message", "channel": "C1", "ts": "1700000000.000100"}
    assert Frame(READER, "view", view_id="V1").place() == {"as": "U1", "kind": "view", "view": "V1"}


TYPED = {
    "plain_text_input": "text",
    "url_text_input": "url",
    "email_text_input": "email",
    "number_input": "number",
    "datepicker": "date",
    "timepicker": "time",
    "file_input": "file",
}


@pytest.mark.parametrize("kind", TYPED)
def test_every_input_has_its_label_and_waits_for_the_submit(kind: str) -> None:
    html = drawn(
        input_of({"type": kind, "is_decimal_allowed": False} if kind == "number_input" else {"type": kind})
    )
    assert f'type="{TYPED[kind]}"' in html
    label = re.search(r'<label[^>]*for="([^"]+)"', html)
    assert label
    assert f'id="{label[1]}"' in html
    assert "hx-post" not in html


def test_an_input_that_dispatches_speaks_up_at_once() -> None:
    assert "hx-post" in drawn(input_of({"type": "static_select", "options": OPTIONS}, dispatch_action=True))


@pytest.mark.parametrize("kind", ["datepicker", "timepicker", "datetimepicker"])
def test_a_date_is_told_once_it_is_chosen_and_not_at_every_digit(kind: str) -> None:
    html = drawn(actions({"type": kind, "action_id": "a"}))
    assert 'hx-trigger="chosen"' in html
    assert " data-empty" in html
    assert " data-empty" not in drawn(actions(EVERY_ELEMENT[kind]))


def test_an_empty_date_says_what_it_asks_for() -> None:
    picker = {"type": "datepicker", "action_id": "a", "placeholder": plain('The day of the "test"')}
    assert 'data-words="The day of the &#34;test&#34;"' in drawn(actions(picker))
    assert 'data-words="Pick a date"' in drawn(input_of({"type": "datepicker"}))


def test_a_table_wraps_the_columns_that_ask_for_it() -> None:
    row = [{"type": "raw_text", "text": words} for words in ("Integration", "In place", "2 Nov")]
    settings = [{"is_wrapped": True}, None, {"align": "right"}]
    html = drawn({"type": "table", "rows": [row], "column_settings": settings})
    assert re.findall(r'<th class="([^"]+)"', html) == ["left wraps", "left", "right"]


def test_a_menu_of_people_offers_colleagues_who_are_still_here() -> None:
    html = drawn(actions(EVERY_ELEMENT["users_select"]))
    assert "Jonas Weber" in html
    assert "Dora Past" not in html
    assert "Carla Rossi" not in html


def test_what_was_put_in_is_shown_again() -> None:
    values: dict[str, dict[str, Block]] = {
        "b0": {"a": {"type": "plain_text_input", "value": 'half "done"'}},
        "b1": {"a": {"type": "static_select", "selected_option": OPTIONS[1]}},
        "b2": {"a": {"type": "checkboxes", "selected_options": [OPTIONS[1]]}},
        "b3": {"a": {"type": "users_select", "selected_user": "U2"}},
    }
    html = drawn(
        input_of({"type": "plain_text_input", "initial_value": "first"}),
        input_of({"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[0]}),
        input_of({"type": "checkboxes", "options": OPTIONS}),
        input_of({"type": "users_select"}),
        frame=Frame(READER, "view", view_id="V1", values=values),
    )
    assert "half &#34;done&#34;" in html
    assert '<option value="shadow" selected>' in html
    assert 'value="shadow" checked' in html
    assert '<option value="U2" selected>' in html


def test_an_error_stands_at_its_field() -> None:
    html = drawn(
        input_of({"type": "plain_text_input"}), frame=Frame(READER, "view", errors={"b0": "Say <why>."})
    )
    assert '<p class="field-error" role="alert">Say &lt;why&gt;.</p>' in html


def test_a_confirmation_travels_with_its_button() -> None:
    confirm = {
        "title": plain("Sure?"),
        "text": plain("It is <final>."),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    html = drawn(actions(button(confirm=confirm)))
    assert 'hx-confirm="It is &lt;final&gt;."' in html
    assert 'data-confirm-yes="Yes"' in html


def test_a_link_button_leads_only_to_safe_addresses() -> None:
    assert 'href="https://example.com"' in drawn(actions(button(url="https://example.com")))
    assert "javascript" not in drawn(actions(button(url="javascript:alert(1)")))
    assert "javascript" not in drawn({"type": "image", "image_url": "javascript:x", "alt_text": "x"})


HOME = "https://northwind-goods.slack.example/archives/C1/p1700000000000100?thread_ts=1.1&cid=C1"


@pytest.mark.parametrize(
    "block",
    [
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": f"See <{HOME.replace('&', '&amp;')}|the thread>"},
        },
        {"type": "section", "text": {"type": "mrkdwn", "text": f"<!date^1700000000^{{date}}^{HOME}|then>"}},
        {"type": "markdown", "text": f"See [the thread]({HOME})"},
        actions(button(url=HOME)),
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "link", "url": HOME}]}],
        },
    ],
    ids=["mrkdwn", "date", "markdown", "button", "rich text"],
)
def test_an_address_of_this_workspace_leads_back_to_the_page(block: Block) -> None:
    assert 'href="/archives/C1/p1700000000000100?thread_ts=1.1&amp;cid=C1"' in drawn(block)


@pytest.mark.parametrize(
    "address", ["https://evil.example/archives/C1", "https://x.slack.example.evil.example/files/F1"]
)
def test_no_other_address_is_taken_for_one_of_this_workspace(address: str) -> None:
    assert f'href="{address}"' in drawn(
        {"type": "section", "text": {"type": "mrkdwn", "text": f"<{address}>"}}
    )


def test_hostile_words_are_inert_wherever_they_stand() -> None:
    evil = '"><script>alert(1)</script>'
    html = drawn(
        {"type": "header", "text": plain(evil)},
        {"type": "section", "text": plain(evil), "fields": [plain(evil)], "accessory": button(value=evil)},
        {"type": "context", "elements": [plain(evil)]},
        actions(
            button()
            | {
                "text": plain(evil),
                "action_id": evil,
                "confirm": {
                    "title": plain(evil),
                    "text": plain(evil),
                    "confirm": plain(evil),
                    "deny": plain(evil),
                },
            }
        ),
        actions(
            {
                "type": "static_select",
                "action_id": evil,
                "options": [option(evil)],
                "placeholder": plain(evil),
            }
        ),
        input_of({"type": "plain_text_input", "initial_value": evil, "placeholder": plain(evil)})
        | {"label": plain(evil)},
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": evil, "title": plain(evil)},
        {"type": "data_table", "caption": evil, "rows": [[{"type": "raw_text", "text": evil}]] * 9},
        {
            "type": "data_visualization",
            "title": evil,
            "chart": {"type": "pie", "segments": [{"label": evil, "value": 1}]},
        },
        {"type": "markdown", "text": evil},
        {"type": evil, "text": evil},
    )
    assert "<script" not in html


def test_a_block_that_cannot_be_drawn_is_shown_as_it_is() -> None:
    html = drawn({"type": "actions"}, {"type": "hologram"}, {"type": "divider"})
    assert html.count("undrawn") == 2
    assert "hologram" in html
    assert "<hr>" in html


def test_a_data_table_sorts_numbers_as_numbers_and_turns_pages() -> None:
    def row(words: str, number: float) -> list[Block]:
        return [{"type": "raw_text", "text": words}, {"type": "raw_number", "value": number}]

    head = [{"type": "raw_text", "text": "Pilot"}, {"type": "raw_text", "text": "Days"}]
    block = {
        "type": "data_table",
        "caption": "Pilots",
        "rows": [head, *(row(f"P{n}", n * 1000) for n in range(7))],
    }
    html = drawn(block)
    assert html.count("<tr hidden>") == 2
    assert "1–5 of 7" in html
    assert re.findall(r'data-numeric="(\w+)"', html) == ["no", "yes"]
    assert 'data-sort="6000">6,000</td>' in html
    assert '<th scope="row"' in html


def series_chart(kind: str, **values: list[float]) -> Block:
    labels = ["Mon", "Tue", "Wed"]
    series = [
        {
            "name": name,
            "data": [{"label": label, "value": value} for label, value in zip(labels, points, strict=True)],
        }
        for name, points in values.items()
    ]
    return {
        "type": "data_visualization",
        "title": "Deflection",
        "chart": {"type": kind, "series": series, "axis_config": {"categories": labels, "x_label": "Day"}},
    }


@pytest.mark.parametrize(
    ("kind", "mark"), [("bar", "<rect"), ("line", 'class="line'), ("area", 'class="area')]
)
def test_a_chart_is_a_picture_with_a_table_behind_it(kind: str, mark: str) -> None:
    html = str(chart(series_chart(kind, Triage=[1, 2, 3], Matching=[4, 5, 6])))
    assert mark in html
    assert f'role="img" aria-label="{kind} chart: Deflection"' in html
    assert html.count('class="swatch') == 2
    assert "<td>Tue</td><td>2</td><td>5</td>" in html


def test_points_are_drawn_in_the_order_of_the_categories() -> None:
    block = series_chart("bar", Triage=[1, 2, 3])
    block["chart"]["series"][0]["data"].reverse()
    assert "<td>Mon</td><td>1</td>" in str(chart(block))


def test_a_pie_of_one_piece_is_a_circle() -> None:
    block = {"title": "x", "chart": {"type": "pie", "segments": [{"label": "All", "value": 3}]}}
    assert "<circle" in str(chart(block))


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [([0.0], 0, 1), ([7.0, 3.0], 0, 8), ([-4.0, 9.0], -5, 10), ([0.2], 0, 0.2), ([1e7], 0, 1e7)],
)
def test_axes_have_round_marks_around_all_values(values: list[float], low: float, high: float) -> None:
    scale = nice_scale(values)
    assert (scale.low, scale.high) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (12.5, "12.5"), (1200, "1200"), (45_000, "45k"), (2.5e6, "2.5m")]
)
def test_numbers_are_short(value: float, words: str) -> None:
    assert short_number(value) == words


def _attribute(html: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', html)
    assert found
    return found[1].replace("&#34;", '"')


def test_every_bar_has_its_name_however_long_and_however_many() -> None:
    names = ["Break-even volume", "Access and security", "Way", *(f"Item {number}" for number in range(8))]
    block = series_chart("bar", Missing=[1, 2, 3])
    block["chart"]["series"][0]["data"] = [{"label": name, "value": 1} for name in names]
    block["chart"]["axis_config"] = {"categories": names}
    html = str(chart(block))
    assert html.count('class="tick label"') == len(names)
    for name in names:
        assert f"<title>{name}</title>" in html
