"""Plugs the engines into each other's sockets: who records, who answers effects and measures, who hears events."""

from __future__ import annotations

from xirang.foundation import sockets


def plug() -> None:
    """Run once, when all applications are loaded."""
    from xirang.engines import cases
    from xirang.engines.bulletin import commands as bulletin
    from xirang.engines.bulletin.spec import Notify
    from xirang.engines.cases import composition as cases_composition
    from xirang.engines.ledger import commands as ledger
    from xirang.project import wiring

    assert cases  # The engine's own package must be importable before its composition is.
    sockets.plug_recorder(ledger.write_records)
    sockets.plug_answer(Notify, lambda note, *, actor, now: bulletin.notify(actor=actor, note=note, now=now))
    cases_composition.plug()
    sockets.plug_listener("wiring", wiring.hear)
