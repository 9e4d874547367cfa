"""Every way in which Slack misbehaves, so often that hundreds of calls and deliveries meet it."""

from collections import Counter

from sandbox.faults import Faults


def lay_out(faults: Faults) -> None:
    """Let Slack misbehave from now on."""
    faults.on_call("chat.postMessage", "timeout_after_accepting", probability=0.03, count=6, seconds=12)
    for method in ("chat.postMessage", "chat.update"):
        faults.on_call(method, "drop_after", probability=0.06)
        faults.on_call(method, "drop_before", probability=0.06)
        faults.on_call(method, "status", probability=0.04, status=500)
        faults.on_call(method, "status", probability=0.04, status=503)
        faults.on_call(method, "rate_limited", probability=0.04, seconds=1)
    faults.on_call("conversations.*", "status", probability=0.15, status=502)
    faults.on_call("conversations.*", "rate_limited", probability=0.05, seconds=1)
    faults.on_delivery("events_api", "duplicate", probability=0.2)
    faults.on_delivery("events_api", "reorder", probability=0.1)
    faults.on_delivery("events_api", "delay", probability=0.1, seconds=0.5)
    faults.on_delivery("events_api", "lose_ack", probability=0.1)
    faults.on_delivery("events_api", "disconnect", probability=0.02, count=10)


def met(faults: Faults) -> Counter[str]:
    """Count the trouble that came up, by kind."""
    counts: Counter[str] = Counter()
    for rule in faults.rules:
        counts[rule.kind] += rule.fired
    return counts
