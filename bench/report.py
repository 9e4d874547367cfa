"""The bench's words: tables for people, and the same as JSON for whoever compares runs."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from bench.figures import Result, Verdict

_MATTERS: Final = ("slack-bolt", "slack-sdk", "starlette", "uvicorn", "sqlalchemy", "dbos", "aiohttp")


def machine() -> dict[str, Any]:
    """Return what the figures depend on, without naming the machine."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: version(name) for name in _MATTERS},
    }


def show(results: Sequence[Result]) -> str:
    """Return everything as text."""
    parts = [
        part for result in results for part in (f"\n{result.title}", _table(result.columns, result.rows))
    ]
    verdicts = [verdict for result in results for verdict in result.verdicts]
    parts += ["\nGoals", _table(("goal", "asks", "measured", ""), [_verdict(one) for one in verdicts])]
    return "\n".join(parts)


def keep(folder: Path, before: dict[str, Any], results: Sequence[Result]) -> Path:
    """Write everything as JSON and return where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
    told = {
        "machine": before,
        "load_afterwards": round(os.getloadavg()[0], 2),
        "parts": [
            {
                "title": result.title,
                "table": [result.columns, *result.rows],
                "goals": [vars(verdict) for verdict in result.verdicts],
                "raw": result.raw,
            }
            for result in results
        ],
    }
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _verdict(one: Verdict) -> tuple[str, ...]:
    return one.goal, one.asks, one.measured, "met" if one.met else "missed"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[at]) for row in (columns, *rows)) for at in range(len(columns))]
    lines = [columns, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
