"""Pilots to export, what people might write into them, and the files that come of it."""

import csv
import io

from bot.domain.answers import Reading, Status
from bot.domain.pilots import Pilot
from bot.domain.signals import Severity, Signal
from bot.exports.files import Format, pilot_files, portfolio_files
from bot.exports.report import File
from bot.exports.spreadsheets import BYTE_ORDER_MARK
from bot.interview import workflow as interviews
from storage.ids import new_id

from .conftest import MAYA, WORKSPACE, House

GROUPS = {"S0PAYMENTS": "payments-ops"}
HOSTILE = (
    '=HYPERLINK("https://evil.example","click")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    '</td><script>alert(1)</script><img src=x onerror="alert(1)">',
    "<!--#exec cmd=ls--> {{ 7*7 }} {% raw %}",
    "a | b\n# c\n[x](javascript:alert(1)) ![y](https://evil.example/y.png)",
    '"quoted", and, commas\r\nand lines',
    "🦜👩‍👩‍👧‍👦 返金 \u202egnihsup\u202c مرحبا",
)


def everything(house: House, wanted: Format) -> list[File]:
    """Return all pilots as files."""
    return house.do(portfolio_files, MAYA, wanted, GROUPS)


def one(house: House, pilot: Pilot, wanted: Format) -> str:
    """Return what the file of a pilot holds."""
    (file,) = house.do(pilot_files, MAYA, pilot.id, wanted, GROUPS)
    return file.content


def rows_of(content: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(content.removeprefix(BYTE_ORDER_MARK), newline="")))


def answered(house: House, pilot: Pilot, item_id: str, said: str, *links: str) -> None:
    reading = Reading(status=Status.IN_PLACE, detail=said, evidence=links)
    house.do(interviews.change_answer, MAYA, pilot.id, item_id, reading)


def stalled(house: House, pilot: Pilot) -> None:
    """Let a pilot be seen to stall."""
    signal = Signal(
        id=new_id(), workspace_id=WORKSPACE, pilot_id=pilot.id, cause="purgatory", severity=Severity.STALLED,
        why="quiet", evidence=("30",), raised_at=house.now,
    )  # fmt: skip
    changed = house.pilot(pilot.id).model_copy(update={"severity": 3, "stalled_since": house.now})
    house.store.write_sync(lambda tx: tx.signals.raise_(signal))
    house.store.write_sync(lambda tx: tx.pilots.record(changed))
