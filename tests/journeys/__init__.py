"""Whole flows in real browsers against the running program."""
