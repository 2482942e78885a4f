"""Pure: requirements and a dossier in, a report with reasons out. No database, no clock, no language, no fractions.

How a new kind of rule is added: its figures in `figures.PARAMETERS`, and a function in `alone.RULES` (a rule that
shares no minutes with others), `selectors.GATES` (one that judges each line), or an ask or a limit in `pool` (one that
shares minutes out). Callers see only what is named here.
"""

from curriculum.evaluation.alone import RULES as ALONE
from curriculum.evaluation.cited import AUTHORITIES, COMPETENCIES, IN_WORDS, cited
from curriculum.evaluation.days import months_before, next_fixed_day, window_before
from curriculum.evaluation.engine import Prepared, evaluate, overall
from curriculum.evaluation.figures import (
    CHECKS,
    LOGIC,
    PARAMETERS,
    SELECT,
    WINDOW,
    Fault,
    Node,
    RulesError,
    as_day,
    faults,
    set_faults,
    tree,
)

__all__ = [
    "ALONE",
    "AUTHORITIES",
    "CHECKS",
    "COMPETENCIES",
    "IN_WORDS",
    "LOGIC",
    "PARAMETERS",
    "SELECT",
    "WINDOW",
    "Fault",
    "Node",
    "Prepared",
    "RulesError",
    "as_day",
    "cited",
    "evaluate",
    "faults",
    "months_before",
    "next_fixed_day",
    "overall",
    "set_faults",
    "tree",
    "window_before",
]
