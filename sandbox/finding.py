"""Finding what a test means on a message or form: a button by its words, a field by its label."""

from dataclasses import dataclass
from typing import Any

from sandbox.inputs import stateful
from sandbox.messages import interactive_elements
from sandbox.reading import words_of
from sandbox.state import Json


@dataclass(frozen=True)
class Usable:
    """What somebody wants to use; whatever is None does not matter."""

    action_id: str | None = None
    block_id: str | None = None
    text: str | None = None
    value: str | None = None
    selected: Any = None

    def choice_in(self, element: Json) -> Any:
        """What to choose in it: `selected`, or the option whose words were given."""
        if self.selected is not None or element["type"] == "button":
            return self.selected
        return self.text if _option_texts(element) else None

    def fits(self, block: Json, element: Json) -> bool:
        if self.action_id not in (None, element.get("action_id")):
            return False
        if self.block_id not in (None, block.get("block_id")):
            return False
        if self.value is not None and self.value != element.get("value"):
            return False
        if self.text is not None and self.text not in (words_of(element), *_option_texts(element)):
            return False
        return not isinstance(self.selected, str) or self._offers(element)

    def _offers(self, element: Json) -> bool:
        """An overflow or select must have the option; other elements take anything."""
        options = _option_texts(element)
        return not options or self.selected in options or self.selected in _option_values(element)


def block_and_element(shown: Json, wanted: Usable) -> tuple[Json, Json] | None:
    for block in shown.get("blocks", ()):
        for element in interactive_elements(block):
            if wanted.fits(block, element):
                return block, element
    return None


def field_named(view: Json, name: str) -> tuple[Json, Json]:
    """An input by its block_id, its label or its action_id; LookupError if there is none."""
    fields = stateful(view["blocks"])
    for block, element in fields:
        label = block.get("label", {}).get("text") if block["type"] == "input" else None
        if name in (block["block_id"], label, element["action_id"]):
            return block, element
    names = ", ".join(str(block.get("label", {}).get("text", block["block_id"])) for block, _ in fields)
    raise LookupError(f"The form has no field {name!r}; it has: {names}.")


def _options(element: Json) -> list[Json]:
    groups = [group.get("options", ()) for group in element.get("option_groups", ())]
    return [option for options in (element.get("options", ()), *groups) for option in options]


def _option_texts(element: Json) -> list[str]:
    return [option["text"]["text"] for option in _options(element)]


def _option_values(element: Json) -> list[str]:
    return [str(option.get("value")) for option in _options(element)]
