"""Finding and loading plugins; one that is broken is named with its cause and harms nothing else.

The built-in plugins come in by the same entry points as everybody's, only before the others.
"""

import os
from collections.abc import Callable, Collection, Mapping
from functools import partial
from importlib.metadata import Distribution, EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import attrs
import click
import pluggy
from attrs import define, field, frozen

from sla_engine.plugin import hooks
from sla_engine.plugin.fields import Secret
from sla_engine.plugin.notifier import Notifier
from sla_engine.plugin.probe import Probe
from sla_engine.plugin.tickets import TicketSource
from sla_engine.registry.offers import (
    check_command,
    check_notifier,
    check_probe,
    check_ticket_source,
    describe,
    fault_of,
    uncalled,
)

BUILT_IN = "sla-engine"
"""The distribution whose plugins run in the engine's own process."""
DISABLED = "SLA_PLUGINS_DISABLED"
"""The environment's list of entry points that are not loaded."""

ObserverHook: TypeAlias = Literal["sla_result", "sla_incident", "sla_ticket", "sla_evaluated"]
_TOLD_OF: Mapping[ObserverHook, str] = MappingProxyType(
    {"sla_result": "result", "sla_incident": "incident", "sla_ticket": "ticket", "sla_evaluated": "verdict"}
)


@frozen
class LoadedPlugin:
    """One entry point, and what came of it.

    Attributes:
        name: of the entry point.
        distribution, version: what was installed, by which it came.
        probes, notifiers, ticket_sources, commands: the names it registered and was given.
        error: why it is not there, or None.
    """

    name: str
    distribution: str
    version: str
    probes: tuple[str, ...] = ()
    notifiers: tuple[str, ...] = ()
    ticket_sources: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    error: str | None = None

    @property
    def is_built_in(self) -> bool:
        """Whether it is the engine's own."""
        return self.distribution == BUILT_IN

    def __str__(self) -> str:
        return f"{self.name} ({self.distribution} {self.version})"


def _make_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    return manager


@define
class PluginHost:
    """The plugins that are there.

    Attributes:
        plugins: every entry point, the broken ones too.
        probes, notifiers, ticket_sources: the classes by the name that policies give.
        commands: further commands of the command line.
        owners, notifier_owners, source_owners: which plugin a probe, a notifier or a ticket source came with.
        problems: what went wrong in loading, a sentence each.
    """

    plugins: list[LoadedPlugin] = field(factory=list)
    probes: dict[str, type[Probe]] = field(factory=dict)
    notifiers: dict[str, type[Notifier]] = field(factory=dict)
    ticket_sources: dict[str, type[TicketSource]] = field(factory=dict)
    commands: dict[str, click.Command] = field(factory=dict)
    owners: dict[str, LoadedPlugin] = field(factory=dict)
    notifier_owners: dict[str, LoadedPlugin] = field(factory=dict)
    source_owners: dict[str, LoadedPlugin] = field(factory=dict)
    problems: list[str] = field(factory=list)
    _hooks: pluggy.PluginManager = field(factory=_make_manager, repr=False)

    def secret(self, reference: Secret) -> str | None:
        """A secret's text by the first plugin that knows it, or None.

        Raises:
            LookupError: a plugin failed at it, or gave no text.
        """
        try:
            text = self._hooks.hook.sla_secret(reference=reference)
        except Exception as error:
            raise LookupError(f"a plugin failed at the {reference}: {describe(error)}") from error
        if text is not None and not isinstance(text, str):
            raise LookupError(f"a plugin gave {type(text).__name__} for the {reference}, not a text")
        return text

    def observers(self, hook: ObserverHook) -> Mapping[str, Callable[[Any], None]]:
        """Who wants to be told of each result, incident, ticket or verdict, by plugin."""
        found: dict[str, Callable[[Any], None]] = {}
        for name, plugin in self._hooks.list_name_plugin():
            caller = self._only(plugin, hook)
            if caller.get_hookimpls():
                found[name] = partial(_tell, caller, _TOLD_OF[hook])
        return found

    def add(self, plugin: LoadedPlugin, module: Any) -> None:
        """Register what a module offers; whatever its hooks raise, nothing of it stays."""
        name = f"{plugin.distribution}:{plugin.name}"
        self._hooks.register(module, name=name)
        try:
            probes = self._offered(module, "sla_probes")
            notifiers = self._offered(module, "sla_notifiers")
            sources = self._offered(module, "sla_ticket_sources")
            commands = self._offered(module, "sla_commands")
            idle = uncalled(module)
        except BaseException:
            self._hooks.unregister(name=name)
            raise
        added = attrs.evolve(
            plugin,
            probes=self._take(plugin, "probe", probes, self.probes, check_probe),
            notifiers=self._take(plugin, "notifier", notifiers, self.notifiers, check_notifier),
            ticket_sources=self._take(plugin, "ticket_source", sources, self.ticket_sources, check_ticket_source),
            commands=self._take(plugin, "command", commands, self.commands, check_command),
        )
        self.plugins.append(added)
        self.owners.update(dict.fromkeys(added.probes, added))
        self.notifier_owners.update(dict.fromkeys(added.notifiers, added))
        self.source_owners.update(dict.fromkeys(added.ticket_sources, added))
        self.problems += [f"plugin {plugin}: {sentence}" for sentence in idle]

    def refuse(self, plugin: LoadedPlugin, error: BaseException) -> None:
        """Note that a plugin is not there, and why."""
        cause = describe(error)
        self.plugins.append(attrs.evolve(plugin, error=cause))
        self.problems.append(f"plugin {plugin} is not loaded: {cause}")

    def _only(self, plugin: Any, hook: str) -> pluggy.HookCaller:
        return self._hooks.subset_hook_caller(hook, [other for other in self._hooks.get_plugins() if other != plugin])

    def _offered(self, module: Any, hook: str) -> Mapping[str, Any]:
        offered: dict[str, Any] = {}
        for names in self._only(module, hook)():
            if not isinstance(names, dict):
                raise TypeError(f"{hook} gave {type(names).__name__}, not a dict of names")
            offered |= names
        return offered

    def _take(
        self,
        plugin: LoadedPlugin,
        noun: str,
        offered: Mapping[str, Any],
        known: dict[str, Any],
        check: Callable[[Any], str | None],
    ) -> tuple[str, ...]:
        taken = []
        for name, thing in offered.items():
            said = noun.replace("_", " ")
            owner = next((other for other in self.plugins if name in getattr(other, f"{noun}s")), None)
            if owner is not None:
                self.problems.append(f"{said} {name!r} of plugin {plugin} is left out: {owner} has that name already")
            elif (fault := fault_of(check, name, thing)) is not None:
                self.problems.append(f"{said} {name!r} of plugin {plugin} is left out: {fault}")
            else:
                known[name] = thing
                taken.append(name)
        return tuple(taken)


def load_plugins(disabled: Collection[str] | None = None) -> PluginHost:
    """Load every plugin that is installed, each by itself.

    Args:
        disabled: entry points that are left out, by name; None takes them from ``SLA_PLUGINS_DISABLED``, separated by
            commas.
    """
    if disabled is None:
        disabled = {name.strip() for name in os.environ.get(DISABLED, "").split(",")}
    host = PluginHost()
    for entry_point, name, version in _in_order():
        plugin = LoadedPlugin(entry_point.name, name, version)
        if plugin.name in disabled:
            host.plugins.append(attrs.evolve(plugin, error=f"left out by {DISABLED}"))
            continue
        try:
            host.add(plugin, entry_point.load())
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a plugin may even call sys.exit while it is imported
            host.refuse(plugin, error)
    return host


def _in_order() -> list[tuple[EntryPoint, str, str]]:
    """With the name and version of what was installed: the built-in ones first, then by name; one that is found twice
    on the path counts once."""
    named: dict[Distribution | None, tuple[str, str]] = {None: ("unknown", "unknown")}
    found = {}
    for point in entry_points(group=hooks.PROJECT):
        if point.dist is not None and point.dist not in named:
            named[point.dist] = point.dist.name, point.dist.version  # each reads a file
        distribution = named[point.dist]
        found[distribution[0], point.name] = (point, *distribution)
    return sorted(found.values(), key=lambda one: (one[1] != BUILT_IN, one[0].name, one[0].value))


def _tell(caller: pluggy.HookCaller, argument: str, thing: Any) -> None:
    caller(**{argument: thing})
