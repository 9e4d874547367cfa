"""The rules of Preflight: pure computation over frozen values. No clock, no I/O; `now` is always an argument."""
