"""All writes of the cases engine."""

from xirang.engines.cases.commands.acting import act_on_case, add_note
from xirang.engines.cases.commands.clocks import run_clock, run_clocks, run_one_clock, set_back_clock
from xirang.engines.cases.commands.opening import Opening, PlaceGiven, assign_by_rule, open_case
from xirang.engines.cases.commands.pack_part import CasesPart
from xirang.engines.cases.commands.processes import (
    activate_process,
    install_process,
    retire_process,
    switch_process,
)
from xirang.engines.cases.commands.words import keep_words

__all__ = [
    "CasesPart",
    "Opening",
    "PlaceGiven",
    "act_on_case",
    "activate_process",
    "add_note",
    "assign_by_rule",
    "install_process",
    "keep_words",
    "open_case",
    "retire_process",
    "run_clock",
    "run_clocks",
    "run_one_clock",
    "set_back_clock",
    "switch_process",
]
