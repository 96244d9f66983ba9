"""The interfaces for others' machines, spoken to by their own clients over a real connection."""
