"""What a status spells out of many signals: nothing twice, and how many more there are."""

from bot.domain.pilots import Pilot
from bot.domain.signals import Severity, Signal
from bot.domain.stalling import Reason
from bot.watching.messages import signal_blocks

from .conftest import House


def test_of_two_signs_that_are_seen_by_the_same_only_the_worse_is_spelt_out(
    house: House, pilot: Pilot
) -> None:
    def sign(number: int, severity: Severity, *evidence: str) -> Signal:
        return Signal(
            id=f"{number:016}",
            workspace_id=pilot.workspace_id,
            pilot_id=pilot.id,
            cause=f"cause-{number}",
            severity=severity,
            why=Reason.OPEN.value,
            evidence=evidence,
            raised_at=house.now,
        )

    signs = [
        sign(1, Severity.AT_RISK, "integration"),
        sign(2, Severity.WATCH, "integration"),
        sign(3, Severity.WATCH, "rollback"),
    ]
    shown = signal_blocks(house.library, pilot, signs)
    assert [one["block_id"] for one in shown] == [
        "signals",
        "signal:cause-1",
        "signal:cause-3",
        "signals_more",
    ]
    assert "1 more sign" in str(shown[-1])
