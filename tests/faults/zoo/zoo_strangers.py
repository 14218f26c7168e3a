"""Classes that are no probes, beside one that is."""

from typing import TYPE_CHECKING

from attrs import define

from sla_engine.plugin import Outcome, Probe, hookimpl

if TYPE_CHECKING:
    from decimal import Decimal


class NoProbe:
    pass


class NoAttrs(Probe):
    def run(self, run):
        return Outcome.up()


@define
class NoRun(Probe):
    host: str


@define
class NoSuchType(Probe):
    weight: "Decimal"

    def run(self, run):
        return Outcome.up()


@define
class Decent(Probe):
    def run(self, run):
        return Outcome.up()


@hookimpl
def sla_probes():
    return {
        "no-probe": NoProbe,
        "no-attrs": NoAttrs,
        "no-run": NoRun,
        "no-such-type": NoSuchType,
        "No Name": Decent,
        "decent": Decent,
    }


@hookimpl
def sla_moon_phase(moon):
    raise AssertionError("never called")
