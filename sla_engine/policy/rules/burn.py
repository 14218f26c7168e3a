"""Burn-rate alerts that can never fire, or that cannot tell what they are asked."""

from collections.abc import Collection, Iterator
from fractions import Fraction

from sla_engine.model.burn import BurnRule, burn_factor
from sla_engine.model.contract import AvailabilityObjective, Contract
from sla_engine.model.duration import Duration
from sla_engine.model.instant import SECOND
from sla_engine.policy.codes import Code
from sla_engine.policy.documents import Trigger
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.rules.checked import Checked
from sla_engine.policy.rules.promises import SAMPLE, period_length, slowest_interval


def mute_burn_alerts(checked: Checked, findings: Findings) -> None:
    """Alerts on error budgets that no outage can make fire."""
    if not checked.has_all("sla", "customer", "service"):
        return
    for entry in checked.merged.tables("escalation").values():
        trigger: Trigger = entry.table.on
        promised = list(_promised(trigger, checked))
        for index, rule in enumerate(trigger.burn):
            place = entry.place.at("on", "burn", index)
            _short_window(rule, promised, place, findings)
            _long_window(rule, promised, place, findings)
            _out_of_reach(rule, promised, place, findings)


_Promised = tuple[str, Contract, AvailabilityObjective]


def _promised(trigger: Trigger, checked: Checked) -> Iterator[_Promised]:
    for agreement in checked.agreements:
        for objective in agreement.contract.availability:
            if trigger.services is None or objective.service in trigger.services:
                yield agreement.name, agreement.contract, objective


def _short_window(rule: BurnRule, promised: list[_Promised], place: Place, findings: Findings) -> None:
    """A window that holds no result of its own says only what the result before it said."""
    intervals = {
        objective.service: slowest_interval(contract.services[objective.service]) for _, contract, objective in promised
    }
    slow = {name: interval for name, interval in intervals.items() if interval is not None and interval > rule.short}
    if slow:
        slowest = max(sorted(slow), key=lambda name: slow[name])
        message = f"the short window of {rule.short} is shorter than the {slow[slowest]} between two checks of "
        help_ = "lengthen short, and long with it, or check more often"
        findings.warn(Code.MUTE_BURN_ALERT, place.at("short"), message + _and_others(slowest, slow), help_)


def _long_window(rule: BurnRule, promised: list[_Promised], place: Place, findings: Findings) -> None:
    lengths = {name: Duration(period_length(contract)) for name, contract, _ in promised}
    shorter = {name: length for name, length in lengths.items() if length < rule.long}
    if shorter:
        shortest = min(sorted(shorter), key=lambda name: shorter[name])
        message = f"the long window of {rule.long} is longer than the period of {shorter[shortest]} of "
        findings.warn(Code.MUTE_BURN_ALERT, place.at("long"), message + _and_others(shortest, shorter), "shorten long")


def _out_of_reach(rule: BurnRule, promised: list[_Promised], place: Place, findings: Findings) -> None:
    """Where even an outage all the time uses up less than the share: no burn rate is above 1 over what may be bad."""
    mute: dict[str, tuple[Fraction, Fraction]] = {}
    for name, contract, objective in promised:
        allowed = 1 - objective.target.ratio
        agreed = contract.calendars[objective.during].open_between(SAMPLE.start, SAMPLE.start + period_length(contract))
        factor = burn_factor(rule.share.ratio, allowed * agreed, allowed * rule.long.microseconds) if allowed else None
        if factor is not None and factor * allowed > 1:
            mute[f"{objective.service} of {name}"] = factor, 1 / allowed
    if mute:
        name = max(sorted(mute), key=lambda each: mute[each][0] / mute[each][1])
        factor, fastest = mute[name]
        message = (
            f"{rule.share} of a budget in {rule.long} is a burn rate of {_tenths(factor)}, and that of "
            f"{_and_others(name, mute)} cannot be over {_tenths(fastest)}: it never fires"
        )
        needed = Duration(int(factor / fastest * rule.long.microseconds) // SECOND * SECOND + SECOND)
        help_ = f"lengthen long to {needed} or more, or lower share"
        findings.warn(Code.MUTE_BURN_ALERT, place.at("share"), message, help_)


def _and_others(name: str, names: Collection[str]) -> str:
    return name if len(names) == 1 else f"{name} (and {len(names) - 1} more)"


def _tenths(number: Fraction) -> str:
    """A number with at most one decimal, cut."""
    whole, tenth = divmod(int(number * 10), 10)
    return f"{whole}.{tenth}" if tenth else str(whole)
