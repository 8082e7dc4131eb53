"""The adapter for CPython and PyPy, part by part; subjects/python.py starts it.

A process of it is measured, so each part imports little, and of the workloads
only the one that is loaded is there."""
