"""What the probes of one engine work with, made from the policies."""

from collections.abc import Mapping

from sla_engine.engine.probing import Prober
from sla_engine.policy import PolicySet
from sla_engine.registry.clock import Clock
from sla_engine.registry.host import PluginHost
from sla_engine.registry.http import HttpTransport
from sla_engine.registry.isolation import Isolation
from sla_engine.registry.runs import Equipment, make_guards
from sla_engine.registry.secrets import SecretSource


def make_prober(policies: PolicySet, host: PluginHost, clock: Clock, environ: Mapping[str, str]) -> Prober:
    """The prober of a policy set; it must be closed."""
    targets = policies.engine.targets
    equipment = Equipment(
        clock=clock,
        secrets=SecretSource(environ, host.secret),
        guards=make_guards(targets.allow, targets.deny),
        transport=HttpTransport(),
        host=host,
        isolation=Isolation(environ),
    )
    return Prober(equipment, clock)
