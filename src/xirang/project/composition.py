"""Plugs the engines into each other's sockets: who records, who answers effects and measures, who hears events."""

from __future__ import annotations

from typing import Any

from xirang.foundation import sockets


def plug() -> None:
    """Run once, when all applications are loaded."""
    from xirang.engines.bulletin import commands as bulletin
    from xirang.engines.bulletin.spec import Notify
    from xirang.engines.cases import engine as cases_composition
    from xirang.engines.ledger import commands as ledger
    from xirang.engines.ledger.queries import plug_subject
    from xirang.packs.queries import describe_pack, retell_records
    from xirang.packs.wiring.hearing import hear
    from xirang.people.queries import describe_account, describe_organisation

    sockets.plug_recorder(ledger.write_records)
    sockets.plug_answer(Notify, lambda note, *, actor, now: bulletin.notify(actor=actor, note=note, now=now))
    for kind, describe in (("account", describe_account), ("organisation", describe_organisation)):
        plug_subject(kind, _described(describe))
    plug_subject("pack", _described(describe_pack), retell=retell_records)
    cases_composition.plug()
    sockets.plug_listener("wiring", hear)


def _described(describe: Any) -> Any:
    """People know no ledger: their title and address become what the ledger calls a subject."""
    from xirang.engines.ledger.spec import Subject

    return lambda actor, subject_id, now: Subject(*describe(actor, subject_id, now))
