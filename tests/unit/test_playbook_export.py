"""What is written down loads to the same playbook again, whatever people put into it; and a spreadsheet shows it all."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from hypothesis import example, given, settings, strategies as st

from bot.domain.framework import Framework
from bot.domain.playbook import AnswerKind, Checklist, Coaching, Concern, Item, Option, Playbook
from prompts import playbook_export, playbook_files, playbook_schema
from prompts.marked_yaml import Marked, parse

BOOK = playbook_files.load(Path(__file__).parents[1] / "playbook")


def written(playbook: Playbook, folder: Path) -> Path:
    (folder / playbook_files.CHECKLISTS).mkdir(parents=True, exist_ok=True)
    for name, text in playbook_export.folder(playbook).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def versioned(playbook: Playbook) -> Playbook:
    return playbook.model_copy(update={"version": playbook_files.version_of(playbook)})


def with_item(**changed: Any) -> Playbook:
    """Return our playbook with one more checklist, of one item."""
    item = BOOK.checklists[0].items[0]
    extra = Item.model_validate(item.model_dump() | {"id": "extra.item"} | changed)
    lists = (*BOOK.checklists, Checklist(id="zz-extra", title="Extra", items=(extra,)))
    return versioned(BOOK.model_copy(update={"checklists": lists}))


def test_our_playbook_written_down_loads_to_the_same_content_and_version(tmp_path: Path) -> None:
    ours = playbook_files.load(playbook_files.DEFAULT_FOLDER)
    assert playbook_files.load(written(ours, tmp_path)) == ours


def test_everything_that_an_item_may_hold_is_kept(tmp_path: Path) -> None:
    playbook = with_item(
        kind=AnswerKind.CHOICES,
        options=(Option(id="yes", title="yes"), Option(id="no", title="No: never")),
        enforce_from=date(2027, 3, 1),
        red_flag=True,
        critical=False,
        weak="we will, soon",
        shown_by=("date", "figure"),
        asks="finance",
        known_from="metric",
    )
    assert playbook_files.load(written(playbook, tmp_path)) == playbook


def test_checklists_keep_their_order_whatever_their_ids(tmp_path: Path) -> None:
    playbook = versioned(BOOK.model_copy(update={"checklists": BOOK.checklists[::-1]}))
    assert playbook_files.load(written(playbook, tmp_path)) == playbook


def test_a_coach_that_listens_for_nothing_stays_so(tmp_path: Path) -> None:
    items = {
        one.id: one.model_copy(
            update={"items": tuple(i.model_copy(update={"checks": ()}) for i in one.items)}
        )
        for one in BOOK.checklists
    }
    bare = BOOK.model_copy(update={"coaching": Coaching(), "checklists": tuple(items.values())})
    playbook = versioned(bare)
    assert playbook_files.load(written(playbook, tmp_path)) == playbook


TEXT = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=60
) | st.text(
    alphabet=st.sampled_from(" \n\t:-#|>'\"{}[],&*!%@`?=~yesno0.1٣שلמ中🚀\u200f\u2028"),
    min_size=1,
    max_size=60,
)


@settings(max_examples=100, deadline=None)
@example(text="0", phrase="\x85")
@example(text=" \n a\n\n", phrase="a\u2028\r\nb")
@given(text=TEXT, phrase=TEXT)
def test_any_words_come_back_as_they_were(text: str, phrase: str) -> None:
    concern = Concern(id="zz", phrases=(phrase, text), ask=text)
    extra = with_item(question=text, why=text).checklists[-1:]
    nothing = {"framework": Framework(), "posture": ()}  # so that writing is quick
    playbook = BOOK.model_copy(
        update={"checklists": extra, "coaching": Coaching(concerns=(concern,)), **nothing}
    )
    files = playbook_export.folder(playbook)
    coaching, checklist = Marked("coaching.yaml"), Marked("zz-extra.yaml")
    parse(files["coaching.yaml"], coaching)
    parse(files["checklists/zz-extra.yaml"], checklist)
    assert coaching.problems + checklist.problems == []
    assert coaching.data["concerns"] == [{"id": "zz", "phrases": [phrase, text], "ask": text}]
    assert checklist.data["items"][0]["question"] == checklist.data["items"][0]["why"] == text


def test_the_list_for_a_spreadsheet_has_a_row_for_each_question_and_no_formula() -> None:
    playbook = with_item(good="=HYPERLINK(1)", options=())
    table = list(csv.DictReader(io.StringIO(playbook_export.as_csv(playbook))))
    assert [row["id"] for row in table] == [i.id for one in playbook.checklists for i in one.items]
    assert table[-1]["good"] == "'=HYPERLINK(1)"
    assert table[-1]["gates"] == ""
    assert table[0]["gates"]
    assert {row["critical"] for row in table} <= {"yes", "no"}


def test_options_stand_in_one_cell() -> None:
    options = (Option(id="eu", title="In Europe"), Option(id="us", title="In the US"))
    playbook = with_item(kind=AnswerKind.CHOICE, options=options)
    row = list(csv.DictReader(io.StringIO(playbook_export.as_csv(playbook))))[-1]
    assert row["options"] == "eu: In Europe, us: In the US"


def test_the_same_list_as_json() -> None:
    rows = json.loads(playbook_export.as_json(with_item(title="Überprüfung 测试")))
    assert rows[-1]["title"] == "Überprüfung 测试"
    assert rows[-1]["checklist"] == "zz-extra"
    assert rows[0]["gates"]


def test_every_field_is_described_in_the_schema_and_every_file_has_one() -> None:
    schemas = {name: json.loads(text) for name, text in playbook_schema.schemas().items()}
    assert set(schemas) == {
        "stages.json", "gates.json", "policies.json", "checklist.json", "coaching.json", "nudges.json", "framework.json", "posture.json",
    }  # fmt: skip
    for schema in schemas.values():
        for model in (schema, *schema.get("$defs", {}).values()):
            for name, field in model.get("properties", {}).items():
                assert field.get("description"), (model["title"], name)


def test_the_schema_knows_every_key_kind_and_limit() -> None:
    schema = json.loads(playbook_schema.schemas()["checklist.json"])
    item = schema["$defs"]["Item"]
    assert set(item["properties"]) == set(Item.model_fields)
    assert item["additionalProperties"] is False
    assert item["properties"]["title"]["maxLength"] == 60
    assert schema["$defs"]["AnswerKind"]["enum"] == [str(kind) for kind in AnswerKind]
    assert schema["required"] == ["id", "title", "items"]


def test_every_file_names_the_schema_that_lies_beside_it() -> None:
    for name, text in playbook_export.folder(BOOK).items():
        line = text.splitlines()[0]
        schema = line.removeprefix("# yaml-language-server: $schema=")
        assert schema != line
        assert (Path(name).parent / schema).as_posix().removeprefix("checklists/../") in {
            f"schema/{known}" for known in playbook_schema.schemas()
        }
        assert isinstance(yaml.safe_load(text), dict)
