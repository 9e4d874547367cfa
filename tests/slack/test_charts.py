"""Charts and tables are taken by Slack whatever goes into them, and say the same as what went in."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.domain.messages import Block
from bot.slack import charts
from bot.slack.charts import Figure, Series
from sandbox.validator import problems_of_blocks

HOSTILE = (
    "<!channel> <@U0EVERYONE>",
    "&lt;b&gt; *bold* _it_",
    "👩‍👩‍👧‍👦🇩🇪é" * 9,
    "\u202egnp.exe\u200b",
    "",
    " \n ",
    "日本語の名前がとても長いです" * 3,
)
AXES = (charts.bar, charts.line, charts.area)


def taken(block: Block | None) -> Block:
    """Return a block that Slack takes in a message and on a Home tab, and that is JSON."""
    assert block is not None
    assert problems_of_blocks([block]) == []
    assert problems_of_blocks([block], "home") == []
    assert json.loads(json.dumps(block, allow_nan=False)) == block
    return block


def labels(block: Block, number: int = 0) -> list[str]:
    return [point["label"] for point in block["chart"]["series"][number]["data"]]


def values(block: Block, number: int = 0) -> list[Any]:
    return [point["value"] for point in block["chart"]["series"][number]["data"]]


def test_a_bar_chart_has_one_bar_for_each_category() -> None:
    block = taken(
        charts.bar(
            "Pilots by stage", ["Idea", "Pilot"], [Series("Pilots", [3, 5])], "funnel", y_label="Pilots"
        )
    )
    assert block["title"] == "Pilots by stage"
    assert block["chart"] == {
        "type": "bar",
        "series": [
            {"name": "Pilots", "data": [{"label": "Idea", "value": 3}, {"label": "Pilot", "value": 5}]}
        ],
        "axis_config": {"categories": ["Idea", "Pilot"], "y_label": "Pilots"},
    }


def test_lines_show_the_last_twenty_points_and_bars_the_first() -> None:
    weeks, one = [f"W{number}" for number in range(30)], [Series("Moved", range(30))]
    assert labels(taken(charts.line("Moves", weeks, one, "c")))[-1] == "W29"
    assert values(taken(charts.area("Moves", weeks, one, "c"))) == list(range(10, 30))
    assert labels(taken(charts.bar("Moves", weeks, one, "c"))) == weeks[:20]


def test_labels_that_are_alike_after_the_cut_are_told_apart() -> None:
    names = ["Customer support assistant for Spain", "Customer support assistant for Peru", "Short", "Short"]
    shown = labels(taken(charts.bar("t", names, [Series("s", [1, 2, 3, 4])], "c")))
    assert shown == ["Customer support as…", "Customer support… 2", "Short", "Short 2"]


def test_names_that_only_look_the_same_are_told_apart() -> None:
    shown = labels(
        taken(charts.bar("t", ["Refund", "Re\u200bfund", "Refund 2"], [Series("s", [1, 1, 1])], "c"))
    )
    assert len(set(shown)) == 3
    assert shown[:2] == ["Refund", "Refund 2"]


@pytest.mark.parametrize("build", AXES)
def test_a_chart_takes_any_words_and_keeps_them_words(build: Any) -> None:
    names = [*HOSTILE, *HOSTILE]
    many = [Series(name, [1.5] * len(names)) for name in names]
    for title in HOSTILE:
        block = taken(build(title, names, many, "c", x_label=title, y_label=title))
        assert len(block["chart"]["series"]) == charts.SERIES


@pytest.mark.parametrize("build", AXES)
def test_there_is_no_chart_without_anything_to_show(build: Any) -> None:
    assert build("t", [], [], "c") is None
    assert build("t", [], [Series("s", [])], "c") is None
    assert build("t", ["a"], [], "c") is None
    assert build("t", ["a"], [Series("s", [0])], "c") is None


def test_numbers_are_numbers_of_json() -> None:
    kinds = [Series("s", [Decimal("12.50"), Decimal(3), 0.1 + 0.2, -4])]
    assert values(taken(charts.bar("t", ["a", "b", "c", "d"], kinds, "c"))) == [12.5, 3, 0.3, -4]
    for wrong in (float("nan"), float("inf"), Decimal("NaN")):
        with pytest.raises(ValueError, match="finite"):
            charts.bar("t", ["a"], [Series("s", [wrong])], "c")


def test_a_series_of_another_length_is_a_slip_of_ours() -> None:
    with pytest.raises(ValueError, match="one value for each"):
        charts.bar("t", ["a", "b"], [Series("s", [1])], "c")
    with pytest.raises(ValueError, match="as many cells"):
        charts.data_table("t", ["a", "b"], [["1"]], "c")


def test_a_pie_leaves_out_what_is_nothing_and_gathers_what_does_not_fit() -> None:
    parts = [(name, 10 - place) for place, name in enumerate("abcdefgh")]
    gathered = taken(charts.pie("t", [("none", 0), *parts], "c", rest="Others"))
    assert gathered["chart"]["segments"] == [
        *({"label": name, "value": value} for name, value in parts[:5]),
        {"label": "Others", "value": 5 + 4 + 3},
    ]
    cut = taken(charts.pie("t", parts, "c"))
    assert [part["label"] for part in cut["chart"]["segments"]] == list("abcdef")
    assert charts.pie("t", [("none", 0), ("less", -1)], "c") is None
    taken(charts.pie(HOSTILE[0], [(name, 1) for name in HOSTILE], "c", rest=HOSTILE[2]))


def test_a_table_shows_words_as_words_and_sorts_figures_by_value() -> None:
    rows: list[list[charts.Cell]] = [
        ["<!channel>", 3, Figure(12, "12 days"), None],
        ["", Decimal("1.5"), Figure(2, "2 days"), "x"],
    ]
    block = taken(charts.data_table("Pilots", ["Pilot", "Score", "Idle", "Owner"], rows, "t"))
    assert block["rows"][1] == [
        {"type": "raw_text", "text": "<!channel>"},
        {"type": "raw_number", "value": 3},
        {"type": "raw_number", "value": 12, "text": "12 days"},
        {"type": "raw_text", "text": "–"},
    ]
    assert block["rows"][2][0]["text"] == "–"


def test_there_is_no_table_without_rows_or_columns() -> None:
    assert charts.data_table("t", ["a"], [], "c") is None
    assert charts.data_table("t", [], [[]], "c") is None


def test_a_table_of_very_many_rows_shows_the_first_hundred() -> None:
    block = taken(charts.data_table("t", ["Name", "Days"], ([f"Pilot {n}", n] for n in range(10_000)), "c"))
    assert len(block["rows"]) == 101
    assert block["rows"][-1][0]["text"] == "Pilot 99"


def test_a_table_of_long_words_cuts_them_before_it_leaves_rows_off() -> None:
    wordy: list[list[charts.Cell]] = [["w" * 140, "v" * 140, 1, 2] for _ in range(100)]
    block = taken(charts.data_table("t", ["a", "b", "c", "d"], wordy, "c"))
    assert len(block["rows"]) == 101
    assert block["rows"][1][0]["text"] == "w" * 39 + "…"
    widest = taken(charts.data_table("t", ["h"] * 25, [["w" * 200] * 25 for _ in range(100)], "c"))
    assert 2 <= len(widest["rows"]) < 101
    assert len(widest["rows"][0]) == 20


@given(
    names=st.lists(st.text(max_size=40), max_size=25),
    rows=st.lists(st.tuples(st.text(max_size=300), st.integers(), st.none()), max_size=120),
    page_size=st.integers(-5, 500),
)
def test_whatever_goes_in_slack_takes_what_comes_out(
    names: list[str], rows: list[tuple[str, int, None]], page_size: int
) -> None:
    table = charts.data_table(
        " ".join(names), ["a", "b", "c"], rows, "t", page_size=page_size, row_header=page_size
    )
    chart = charts.bar(" ".join(names), names, [Series(name, [1] * len(names)) for name in names], "c")
    pie = charts.pie("", [(name, 1) for name in names], "p", rest="Others")
    shown = [block for block in (table, chart, pie) if block]
    assert problems_of_blocks(shown) == []
    assert (table is None) == (not rows)
    assert (chart is None) == (pie is None) == (not names)
