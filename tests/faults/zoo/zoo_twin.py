"""A probe that claims a name which the engine has."""

from attrs import define

from sla_engine.plugin import Outcome, Probe, hookimpl


@define
class TwinProbe(Probe):
    def run(self, run):
        return Outcome.up()


@hookimpl
def sla_probes():
    return {"http": TwinProbe, "twin": TwinProbe}
