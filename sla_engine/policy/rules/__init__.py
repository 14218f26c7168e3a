"""What is allowed and probably wrong: rules that know what contracts are about, one function each."""

from sla_engine.policy.findings import Findings
from sla_engine.policy.rules.burn import mute_burn_alerts
from sla_engine.policy.rules.checked import WHOLE, Agreement, Checked, Rest
from sla_engine.policy.rules.credits import credit_sums, credits_of_promises, no_gap
from sla_engine.policy.rules.currencies import withdrawn_money
from sla_engine.policy.rules.escalations import mute_escalations, mute_steps, nobody_is_told, steps_out_of_order
from sla_engine.policy.rules.maintenance import long_maintenance, unheard_maintenance
from sla_engine.policy.rules.profiles import profiles_at_odds
from sla_engine.policy.rules.promises import cannot_measure, never_open, nothing_left, perfection, stronger_than_parts
from sla_engine.policy.rules.quantities import check_quantities
from sla_engine.policy.rules.recipients import nobody_to_tell, writes_to_the_desk
from sla_engine.policy.rules.services import (
    mixed_scripts,
    never_up,
    no_check,
    no_latency_of_its_own,
    slow_timeouts,
    unused,
)
from sla_engine.policy.rules.tables import check_tables, has_whole_objectives
from sla_engine.policy.rules.terms import amended_inside, twins, weaker

__all__ = [
    "RULES",
    "WHOLE",
    "Agreement",
    "Checked",
    "Rest",
    "check_quantities",
    "check_tables",
    "has_whole_objectives",
    "lint",
]

RULES = (
    unused,
    slow_timeouts,
    no_check,
    no_latency_of_its_own,
    never_up,
    mixed_scripts,
    perfection,
    cannot_measure,
    never_open,
    stronger_than_parts,
    nothing_left,
    weaker,
    amended_inside,
    no_gap,
    credits_of_promises,
    credit_sums,
    withdrawn_money,
    profiles_at_odds,
    long_maintenance,
    unheard_maintenance,
    nobody_is_told,
    steps_out_of_order,
    mute_steps,
    mute_escalations,
    mute_burn_alerts,
    nobody_to_tell,
    writes_to_the_desk,
    twins,
)
"""The rules about a whole policy set."""


def lint(checked: Checked, findings: Findings) -> None:
    """Apply every rule."""
    for rule in RULES:
        rule(checked, findings)
