"""What the probes of one engine work with, made from the policies."""

from collections.abc import Mapping

from sla_engine.engine.heartbeat import Heartbeat
from sla_engine.engine.probing import Prober
from sla_engine.engine.uplink import make_uplink
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.registry.guard import NetworkGuard
from sla_engine.registry.host import PluginHost
from sla_engine.registry.runs import make_equipment, make_guards


def make_prober(policies: PolicySet, host: PluginHost, clock: Clock, environ: Mapping[str, str]) -> Prober:
    """The prober of a policy set; it must be closed."""
    targets = policies.engine.targets
    guards = make_guards(targets.allow, targets.deny)
    # Who names a control allows its address; only what is denied stays so.
    uplink = make_uplink(policies.controls, NetworkGuard(deny=targets.deny), clock)
    return Prober(make_equipment(host, guards, clock, environ), uplink, Heartbeat(clock), clock)
