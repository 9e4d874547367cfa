"""A playbook at its largest: 200 questions of every kind, at the limits of every text, in many scripts and with Markdown."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.domain.matters import KNOWN, Tells
from bot.domain.playbook import AnswerKind, Fact, Role, Shows

COUNT = 200
TEXTS = (
    "# Heading\n\n- *bold* _it_ ~gone~ `code`\n- [a link](https://evil.example) ![x](y)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "> quote\n```\nblock <!channel> & <@U0EVERYONE>\n```\n<https://evil.example|https://good.example> &lt;!here&gt;",
    "من يراجع النتائج كل أسبوع؟ (فريق العمليات) — 90٪ ",
    "מי בודק את התוצאות בכל שבוע? (צוות התפעול) — 90% ",
    "谁每周检查结果？返金トリアージの担当者は誰ですか。한국어 질문입니다. ",
    "👩‍👩‍👧‍👦🇩🇪🦜 e\u0301\u0301\u0301 ﷽ Zürich naïve ",
    "\u202egnihsup\u202c \u200fمرحبا\u200f \u2067abc\u2069 ",
    "&<>" * 40,
    "x" * 200,
    "Who is called when it breaks? ",
)
KINDS = tuple(AnswerKind)


def text(number: int, most: int) -> str:
    """Return a text of nearly `most` characters, of the number's own script."""
    words = TEXTS[number % len(TEXTS)]
    return (words * (most // len(words) + 1))[:most].strip() or "x"


def item(number: int) -> dict[str, Any]:
    """Return one question, all keys of its kind filled to their limits."""
    kind = KINDS[number % len(KINDS)]
    tail = f".{number:03d}"
    made: dict[str, Any] = {
        "id": f"section.{number // 20}.part-{'a' * 70}"[: 80 - len(tail)] + tail,
        "title": text(number, 60),
        "question": text(number, 300),
        "why": text(number + 1, 600),
        "good": text(number + 2, 600),
        "weak": text(number + 3, 300),
        "if_missing": text(number + 4, 300),
        "evidence": text(number + 5, 200),
        "follow_up": text(number + 6, 300),
        "freshness_days": 1 + number % 90,
        "critical": number % 3 != 0,
        "kind": kind.value,
        "shown_by": [one.value for one in tuple(Shows)[: number % 3]],
        "asks": tuple(Role)[number % len(Role)].value,
        "red_flag": number % 7 == 0,
    }
    if kind is AnswerKind.MONEY:
        made["unit"] = "EUR"
    if kind is AnswerKind.NUMBER:
        made["unit"] = text(number, 20)
    if kind in {AnswerKind.CHOICE, AnswerKind.CHOICES}:
        most = 100 if number % 2 else 4
        made["options"] = [
            {"id": f"option.{n}-{'o' * 60}", "title": text(number + n, 70)} for n in range(most)
        ]
    if number % 11 == 0:
        made["enforce_from"] = date(2030, 1, 1)
    if number in range(len(Fact)):
        made["known_from"] = tuple(Fact)[number].value
    return made


def policies() -> dict[str, Any]:
    """Return roles, tiers and policies at their limits: sixty seats in six steps."""
    roles = [
        {"id": f"role.{n}-{'r' * 70}", "title": text(n, 60), "group": "gate-approvers"} for n in range(10)
    ]
    seats = [{"role": role["id"], "needs": 1} for role in roles]
    steps = [{"title": text(n, 60), "seats": seats} for n in range(6)]
    tiers = [{"id": f"tier.{n}-{'t' * 70}", "title": text(n, 40), "hint": text(n + 1, 75)} for n in range(10)]
    large = {"id": "large", "title": text(6, 60), "steps": steps, "confirm_again": True}
    light = {"id": "light", "title": text(7, 60), "steps": [{"seats": seats[:1]}]}
    return {"roles": roles, "tiers": tiers, "policies": [light, large]}


def nudges() -> dict[str, Any]:
    """Return rules at their limits: twenty rungs for every kind, each text as long as may be, with all that its kind knows."""
    rules = []
    for number, (about, known) in enumerate(KNOWN.items()):
        named = " ".join(f"{{{name}}}" for name in sorted(known))
        says = f"{text(number, 298 - len(named))} {named}"
        rungs = [{"at": at, "tells": [str(one) for one in Tells], "says": says} for at in range(-10, 10)]
        again = {"every": 1, "tells": ["person", "channel"], "says": says}
        rules.append({"about": str(about), "rungs": rungs, "again": again})
    closed = [date(2027, 1, 1) + timedelta(days=n) for n in range(400)]
    return {
        "closed": closed,
        "knows": {"sponsor": _of(AnswerKind.PERSON), "bar": _of(AnswerKind.TEXT),
                  "decision_date": _of(AnswerKind.DATE), "team_cost": _of(AnswerKind.MONEY)},
        "leads": {"group": "portfolio-leads", "people": [f"U0LEAD{n:04d}" for n in range(50)]},
        "weekly": {"weekday": 6, "hour": 23, "zone": "Pacific/Kiritimati"},
        "rules": rules,
    }  # fmt: skip


def _of(kind: AnswerKind) -> str:
    return str(item(KINDS.index(kind))["id"])


class _Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # either is a dumper
    def ignore_aliases(self, data: object) -> bool:
        return True


def write(folder: Path, count: int = COUNT) -> Path:
    """Write the playbook into an empty folder: one gate that asks everything, one that asks it again."""
    (folder / "checklists").mkdir(parents=True)
    stages = [{"id": f"{name}.{'s' * 70}"[:80], "title": text(n, 40)} for n, name in enumerate("abc")]
    first, second, third = (stage["id"] for stage in stages)
    approvers = {"title": text(2, 60), "group": "gate-approvers"}
    gates = [
        {"id": "one", "title": text(3, 60), "from_stage": first, "to_stage": second, "checklists": ["all"]},
        {"id": "two", "title": text(4, 60), "from_stage": second, "to_stage": third, "checklists": ["all"]},
    ]
    deciding = policies()
    by_tier = [{"tier": tier["id"], "policy": "large"} for tier in deciding["tiers"]]
    every = {"id": "upkeep", "title": text(5, 60), "from_stage": third, "to_stage": third, "every_days": 30}
    areas = [
        {"id": f"a{n}", "title": text(n, 40), "pilot": text(n, 80), "production": text(n + 1, 80), "shown_by": [item(n)["id"]]}
        for n in range(8)
    ]  # fmt: skip
    files: dict[str, Any] = {
        "stages.yaml": {"first_stage": first, "stages": stages},
        "gates.yaml": {
            "gates": [
                gates[0] | {"approvers": approvers},
                gates[1] | {"policy": "light", "by_tier": by_tier},
                every | {"checklists": ["all"]},
            ]
        },
        "policies.yaml": deciding,
        "posture.yaml": {"areas": areas},
        "nudges.yaml": nudges(),
        "checklists/all.yaml": {"id": "all", "title": text(0, 80), "items": [item(n) for n in range(count)]},
    }
    for name, content in files.items():
        made = yaml.dump(content, Dumper=_Plain, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(made, encoding="utf-8")
    return folder
