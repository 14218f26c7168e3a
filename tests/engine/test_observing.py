"""Plugins that want to know are told of what is stored; one that fails or dawdles harms nobody."""

import queue
import threading
from collections.abc import Iterator
from types import ModuleType

import pytest

from sla_engine.engine.observing import Observing
from sla_engine.model.incident import IncidentEvent, IncidentRecord
from sla_engine.plugin import hookimpl
from sla_engine.registry.host import LoadedPlugin, PluginHost

INCIDENT = IncidentRecord(7, "api", 1, 2, None, None, "down", False, (IncidentEvent(2, "opened"),))


@pytest.fixture
def host() -> PluginHost:
    return PluginHost()


def plugin(host: PluginHost, name: str, **hooks: object) -> None:
    module = ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))
    host.add(LoadedPlugin(name, f"sla-{name}", "1.0"), module)


@pytest.fixture
def observing(host: PluginHost) -> Iterator[Observing[IncidentRecord]]:
    """Begun by the test, once the plugins are there."""
    made = Observing[IncidentRecord]("an incident", {})
    yield made
    made.stop()


def told(observing: Observing[IncidentRecord], host: PluginHost, *batches: IncidentRecord) -> None:
    observing.observers = host.observers("sla_incident")
    observing.start()
    for incident in batches:
        observing.put([incident])
    observing.stop()


def test_a_plugin_is_told_of_each_incident(host: PluginHost, observing: Observing[IncidentRecord]) -> None:
    seen: list[IncidentRecord] = []

    def tells(incident: IncidentRecord) -> None:
        seen.append(incident)

    plugin(host, "pager", sla_incident=tells)

    told(observing, host, INCIDENT)

    assert seen == [INCIDENT]


def test_one_that_fails_keeps_nobody_else_from_being_told(
    host: PluginHost, observing: Observing[IncidentRecord]
) -> None:
    seen: queue.Queue[int] = queue.Queue()

    def exits(incident: IncidentRecord) -> None:
        raise SystemExit

    plugin(host, "broken", sla_incident=exits)
    plugin(host, "pager", sla_incident=lambda incident: seen.put(incident.number))
    observing.observers = host.observers("sla_incident")
    observing.start()

    observing.put([INCIDENT, INCIDENT])

    assert [seen.get(timeout=30), seen.get(timeout=30)] == [7, 7]


def test_where_nobody_wants_to_know_no_thread_is_started(host: PluginHost) -> None:
    before = threading.active_count()
    plugin(host, "prober", sla_result=lambda result: None)
    observing = Observing[IncidentRecord]("an incident", host.observers("sla_incident"))

    observing.start()

    assert threading.active_count() == before
    assert host.observers("sla_result").keys() == {"sla-prober:prober"}
