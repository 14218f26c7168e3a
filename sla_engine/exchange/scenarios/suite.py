"""Scenarios together with the policies that they are about."""

from collections.abc import Iterable
from pathlib import Path

from attrs import frozen

from sla_engine.exchange.scenarios.reading import Scenario, read_scenarios
from sla_engine.policy import PolicyError, PolicySet
from sla_engine.policy.compilation import compile_sources
from sla_engine.policy.findings import Findings
from sla_engine.policy.source import read_sources

_CUSTOMERS = "customers"


@frozen
class Suite:
    """A policy set and scenarios that were read without errors."""

    policies: PolicySet
    scenarios: tuple[Scenario, ...]


def load_suite(root: Path, paths: Iterable[Path]) -> Suite:
    """Read the policies of a folder, for judging only, and scenarios of files and folders.

    Raises:
        PolicyError: the policies or the scenarios have errors; the message holds every diagnostic.
    """
    policies = policies_for_judging(root)
    reading = read_scenarios(paths, policies)
    if reading.has_errors:
        raise PolicyError(reading.diagnostics)
    return Suite(policies, reading.scenarios)


def policies_for_judging(root: Path) -> PolicySet:
    """The policies of a folder, without their plugins and the environment that those would need.

    Raises:
        PolicyError: they have errors; the message holds every diagnostic.
    """
    sources, unreadable = read_sources([root])
    compilation = compile_sources(sources, Findings(unreadable), plugins=None, environ={})
    if compilation.policies is None:
        raise PolicyError(compilation.diagnostics)
    return compilation.policies


def root_of(path: Path) -> Path:
    """The folder of the policies that a file, or a folder of scenarios, is about.

    It is its own, or where that lies in a policy set's ``customers``, the set's.
    """
    folder = path if path.is_dir() else path.parent
    for outer in (folder, *folder.parents):
        if outer.name == _CUSTOMERS and any(outer.parent.glob("*.toml")):
            return outer.parent
    return folder
