"""Finding and loading plugins; one that is broken is named with its cause and harms nothing else.

The built-in plugins come in by the same entry points as everybody's, only before the others.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import attrs
import click
import pluggy
from attrs import define, field, frozen

from sla_engine.model.result import Result
from sla_engine.plugin import hooks
from sla_engine.plugin.fields import Secret
from sla_engine.plugin.notifier import Notifier
from sla_engine.plugin.probe import Probe

BUILT_IN = "sla-engine"
"""The distribution whose plugins run in the engine's own process."""


@frozen
class LoadedPlugin:
    """One entry point, and what came of it.

    Attributes:
        name: of the entry point.
        distribution, version: what was installed, by which it came.
        probes, notifiers, commands: the names it registered and was given.
        error: why it is not there, or None.
    """

    name: str
    distribution: str
    version: str
    probes: tuple[str, ...] = ()
    notifiers: tuple[str, ...] = ()
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
        probes, notifiers: the classes by the name that policies give.
        commands: further commands of the command line.
        owners: which plugin a probe came with.
        problems: what went wrong in loading, a sentence each.
    """

    plugins: list[LoadedPlugin] = field(factory=list)
    probes: dict[str, type[Probe]] = field(factory=dict)
    notifiers: dict[str, type[Notifier]] = field(factory=dict)
    commands: dict[str, click.Command] = field(factory=dict)
    owners: dict[str, LoadedPlugin] = field(factory=dict)
    problems: list[str] = field(factory=list)
    _hooks: pluggy.PluginManager = field(factory=_make_manager, repr=False)

    def secret(self, reference: Secret) -> str | None:
        """A secret's text by the first plugin that knows it, or None."""
        text: str | None = self._hooks.hook.sla_secret(reference=reference)
        return text

    def observers(self) -> Mapping[str, Callable[[Result], None]]:
        """Who wants to be told of each result, by plugin."""
        found: dict[str, Callable[[Result], None]] = {}
        for plugin in self._hooks.get_plugins():
            name = self._hooks.get_name(plugin) or ""
            caller = self._hooks.subset_hook_caller(
                "sla_result", [other for other in self._hooks.get_plugins() if other is not plugin]
            )
            if caller.get_hookimpls():
                found[name] = partial(_tell, caller)
        return found

    def add(self, plugin: LoadedPlugin, module: Any) -> None:
        """Register what a module offers; raises whatever its hooks do."""
        self._hooks.register(module, name=plugin.name)
        probes, notifiers, commands = self._offers(module)
        self.plugins.append(
            attrs.evolve(
                plugin,
                probes=self._take(plugin, "probe", probes, self.probes, _check_probe),
                notifiers=self._take(plugin, "notifier", notifiers, self.notifiers, _check_notifier),
                commands=self._take(plugin, "command", commands, self.commands, _check_command),
            )
        )
        for name in self.plugins[-1].probes:
            self.owners[name] = self.plugins[-1]
        for unknown in _unknown_hooks(module):
            self.problems.append(f"plugin {plugin} implements {unknown}, which this version does not call")

    def refuse(self, plugin: LoadedPlugin, module: Any, error: BaseException) -> None:
        """Note that a plugin is not there, and why."""
        if module is not None and self._hooks.is_registered(module):
            self._hooks.unregister(module)
        cause = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        self.plugins.append(attrs.evolve(plugin, error=cause))
        self.problems.append(f"plugin {plugin} is not loaded: {cause}")

    def _offers(self, module: Any) -> tuple[dict[str, Any], ...]:
        offers = []
        for hook in ("sla_probes", "sla_notifiers", "sla_commands"):
            implementation = getattr(module, hook, None)
            offered = implementation() if implementation is not None else {}
            if not isinstance(offered, dict):
                raise TypeError(f"{hook} gave {type(offered).__name__}, not a dict of names")
            offers.append(offered)
        return tuple(offers)

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
            owner = next((other for other in self.plugins if name in getattr(other, f"{noun}s")), None)
            if owner is not None:
                self.problems.append(f"{noun} {name!r} of plugin {plugin} is left out: {owner} has that name already")
            elif (fault := check(thing)) is not None:
                self.problems.append(f"{noun} {name!r} of plugin {plugin} is left out: {fault}")
            else:
                known[name] = thing
                taken.append(name)
        return tuple(taken)


def load_plugins() -> PluginHost:
    """Load every plugin that is installed, each by itself."""
    host = PluginHost()
    for entry_point in _in_order():
        distribution = entry_point.dist
        plugin = LoadedPlugin(
            entry_point.name,
            distribution.name if distribution else "unknown",
            distribution.version if distribution else "unknown",
        )
        module = None
        try:
            module = entry_point.load()
            host.add(plugin, module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a plugin may even call sys.exit while it is imported
            host.refuse(plugin, module, error)
    return host


def _in_order() -> Iterator[EntryPoint]:
    found = {(point.name, point.value): point for point in entry_points(group=hooks.PROJECT)}
    return iter(sorted(found.values(), key=lambda point: (not _is_built_in(point), point.name)))


def _is_built_in(point: EntryPoint) -> bool:
    return point.dist is not None and point.dist.name == BUILT_IN


def _tell(caller: pluggy.HookCaller, result: Result) -> None:
    caller(result=result)


def _check_probe(thing: Any) -> str | None:
    return _check_class(thing, Probe)


def _check_notifier(thing: Any) -> str | None:
    return _check_class(thing, Notifier)


def _check_command(thing: Any) -> str | None:
    return None if isinstance(thing, click.Command) else "it is no click command"


def _check_class(thing: Any, base: type) -> str | None:
    if not (inspect.isclass(thing) and issubclass(thing, base)):
        return f"it is no subclass of {base.__name__}"
    if not attrs.has(thing):
        return "it is no attrs class: put @define or @frozen above it"
    if inspect.isabstract(thing):
        return f"it lacks {', '.join(sorted(thing.__abstractmethods__))}"
    return None


def _unknown_hooks(module: Any) -> list[str]:
    known = {name for name in dir(hooks) if name.startswith("sla_")}
    marker = f"{hooks.PROJECT}_impl"
    return [name for name, thing in vars(module).items() if hasattr(thing, marker) and name not in known]
