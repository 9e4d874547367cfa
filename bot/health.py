"""Whether Preflight can do its work: named parts, each fine or with the reason why not, for /readyz and the doctor."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.logs import redacted

_PATIENCE: Final = 3.0

Check = Callable[[], Awaitable[object]]
"""Returns when the part works; raises with the reason when it does not."""


@dataclass(frozen=True)
class Condition:
    """How one part is."""

    ok: bool
    why: str = ""


async def examined(parts: Mapping[str, Check], patience: float = _PATIENCE) -> dict[str, Condition]:
    """Return how every part is, all looked at at once; one that does not answer in so many seconds is not fine."""
    conditions = await asyncio.gather(*(_look(check, patience) for check in parts.values()))
    return dict(zip(parts, conditions, strict=True))


async def _look(check: Check, patience: float) -> Condition:
    try:
        async with asyncio.timeout(patience):
            await check()
    except TimeoutError:
        return Condition(ok=False, why=f"no answer within {patience:g} seconds")
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a part is what is asked for
        return Condition(ok=False, why=redacted(str(error) or type(error).__name__)[:300])
    return Condition(ok=True)
