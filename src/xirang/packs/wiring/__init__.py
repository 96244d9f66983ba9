"""Joins strangers: when this event, then that effect, as each active pack's wiring.yaml says."""
