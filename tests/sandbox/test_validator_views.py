"""What the block validator refuses and accepts in modals and on the Home tab."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.validator import problems_of_blocks, problems_of_view

View = dict[str, Any]


def plain(words: str) -> View:
    return {"type": "plain_text", "text": words}


def section(words: str = "Words") -> View:
    return {"type": "section", "text": plain(words)}


def text_input(**element: Any) -> View:
    return {
        "type": "input",
        "label": plain("Name"),
        "element": {"type": "plain_text_input", "action_id": "name", **element},
    }


def modal(*blocks: View, **more: Any) -> View:
    return {"type": "modal", "title": plain("New pilot"), "blocks": list(blocks) or [section()], **more}


def home(*blocks: View, **more: Any) -> View:
    return {"type": "home", "blocks": list(blocks) or [section()], **more}


def test_a_modal_with_inputs_and_a_submit_is_accepted() -> None:
    view = modal(
        text_input(),
        {"type": "alert", "text": plain("Two are missing."), "level": "warning"},
        {"type": "input", "label": plain("File"), "element": {"type": "file_input", "action_id": "file"}},
        submit=plain("Save"),
        close=plain("Cancel"),
        private_metadata="{}",
        callback_id="pilots.create",
        notify_on_close=True,
    )
    assert problems_of_view(view) == []


def test_an_input_needs_a_submit() -> None:
    (problem,) = problems_of_view(modal(text_input()))
    assert problem == "must be set when the view has an input block [json-pointer:/submit]"


def test_an_input_on_the_home_tab_needs_none() -> None:
    assert problems_of_view(home(text_input())) == []


def test_a_modal_needs_a_title() -> None:
    assert "missing required field: title [json-pointer:/]" in problems_of_view(
        {"type": "modal", "blocks": [section()]}
    )


@pytest.mark.parametrize("field", ["title", "submit", "close"])
def test_the_words_around_a_modal_are_short(field: str) -> None:
    assert problems_of_view(modal(**{field: plain("x" * 24)})) == []
    assert problems_of_view(modal(**{field: plain("x" * 25)})) != []
    assert problems_of_view(modal(**{field: {"type": "mrkdwn", "text": "x"}})) != []


@pytest.mark.parametrize(
    ("field", "longest"), [("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)]
)
@pytest.mark.parametrize("build", [modal, home])
def test_what_a_view_carries_along_is_limited(build: Any, field: str, longest: int) -> None:
    assert problems_of_view(build(**{field: "x" * longest})) == []
    (problem,) = problems_of_view(build(**{field: "x" * (longest + 1)}))
    assert problem == f"must be less than {longest + 1} characters [json-pointer:/{field}]"


@pytest.mark.parametrize("build", [modal, home])
def test_a_view_holds_a_hundred_blocks(build: Any) -> None:
    assert problems_of_view(build(*[section()] * 100)) == []
    assert problems_of_view(build(*[section()] * 101)) != []
    assert problems_of_view(build() | {"blocks": []}) != []


def test_a_view_weighs_at_most_250_kilobytes() -> None:
    def heavy(count: int) -> View:
        values = [{"text": plain("x"), "value": f"{number}".ljust(150, "v")} for number in range(100)]
        menus = [
            {"type": "static_select", "action_id": f"menu{number}", "options": values}
            for number in range(count)
        ]
        return home(*[{"type": "actions", "elements": [menu]} for menu in menus])

    assert problems_of_view(heavy(5)) == []
    assert any("250000 bytes" in problem for problem in problems_of_view(heavy(15)))


@pytest.mark.parametrize("kind", ["markdown", "table", "container", "plan", "context_actions"])
def test_blocks_for_messages_are_refused_in_views(kind: str) -> None:
    for surface in ("modal", "home"):
        (problem,) = problems_of_blocks([{"type": kind}], surface)
        assert f"{kind} is not allowed in a {surface}" in problem


def test_charts_and_tables_stand_on_the_home_tab_but_not_in_a_modal() -> None:
    table = {
        "type": "data_table",
        "caption": "Pilots",
        "rows": [[{"type": "raw_text", "text": "a"}], [{"type": "raw_number", "value": 1}]],
    }
    assert problems_of_view(home(table)) == []
    assert problems_of_view(modal(table)) != []


def test_an_alert_knows_five_levels() -> None:
    assert problems_of_view(modal({"type": "alert", "text": plain("x"), "level": "panic"})) != []
    assert problems_of_view(home({"type": "alert", "text": plain("x")})) != []


@pytest.mark.parametrize(
    ("element", "words"),
    [
        ({"min_length": 10, "max_length": 5}, "must not be more than max_length"),
        ({"multiline": "yes"}, "must be true or false"),
        ({"max_length": "5"}, "must be a whole number"),
        ({"dispatch_action_config": {"trigger_actions_on": ["click"]}}, "must be one of: on_enter_pressed"),
    ],
)
def test_a_broken_text_input_is_refused(element: View, words: str) -> None:
    problems = problems_of_view(modal(text_input(**element), submit=plain("Save")))
    assert any(words in problem for problem in problems), problems


@pytest.mark.parametrize("view", [None, [], {}, {"type": "workflow_step", "blocks": []}])
def test_what_is_no_view_is_refused(view: Any) -> None:
    assert len(problems_of_view(view)) == 1


@pytest.mark.parametrize("field", ["title", "submit", "close"])
def test_the_home_tab_has_no_frame(field: str) -> None:
    (problem,) = problems_of_view(home(**{field: plain("x")}))
    assert "not allowed on a Home tab" in problem
