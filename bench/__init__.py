"""The speed goals, measured: `make bench`, or `python -m bench` with the numbers of goals.

Every figure is a ratio of two things that ran in the same minute on the same machine; docs/speed.md says how to read
them. Nothing in the product imports this package, and no test waits for it.
"""
