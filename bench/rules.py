"""One rule for one row of data, beside a peer."""

from __future__ import annotations

from bench import peers
from bench.figures import Figure, Skipped


def measure() -> list[Figure | Skipped]:
    """Microseconds for one evaluation with its trace."""
    return [*peers.measure_rules()]
