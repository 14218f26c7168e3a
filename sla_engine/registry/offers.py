"""What a plugin offers, looked at before it is taken: what would fail later is named when plugins are loaded."""

import inspect
import re
from collections.abc import Callable
from typing import Any

import attrs
import click

from sla_engine.plugin import hooks
from sla_engine.plugin.notifier import Notifier
from sla_engine.plugin.probe import Probe
from sla_engine.plugin.tickets import TicketSource


def fault_of(check: Callable[[Any], str | None], name: Any, thing: Any) -> str | None:
    """Why a plugin's offer is left out, or None; whatever the plugin's own object raises is a reason."""
    if not (isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_-]*", name)):
        return "a name consists of small letters, digits, - and _"
    try:
        return check(thing)
    except Exception as error:
        return describe(error)


def check_probe(thing: Any) -> str | None:
    """Why it is no probe, or None."""
    return _check_class(thing, Probe)


def check_notifier(thing: Any) -> str | None:
    """Why it is no notifier, or None."""
    return _check_class(thing, Notifier)


def check_ticket_source(thing: Any) -> str | None:
    """Why it is no ticket source, or None."""
    return _check_class(thing, TicketSource)


def check_command(thing: Any) -> str | None:
    """Why it is no command, or None."""
    return None if isinstance(thing, click.Command) else "it is no click command"


def _check_class(thing: Any, base: type) -> str | None:
    if not (inspect.isclass(thing) and issubclass(thing, base)):
        return f"it is no subclass of {base.__name__}"
    if not attrs.has(thing):
        return "it is no attrs class: put @define or @frozen above it"
    if inspect.isabstract(thing):
        return f"it lacks {', '.join(sorted(thing.__abstractmethods__))}"
    attrs.resolve_types(thing)
    return None


def uncalled(module: Any) -> list[str]:
    """What looks like a hook and is none: it would be silently without effect."""
    known = {name for name, thing in vars(hooks).items() if hasattr(thing, f"{hooks.PROJECT}_spec")}
    sentences = []
    for name in dir(module):
        is_marked = hasattr(getattr(module, name, None), f"{hooks.PROJECT}_impl")
        if is_marked and name not in known:
            sentences.append(f"it implements {name}, a hook that this version does not have")
        elif name in known and not is_marked:
            sentences.append(f"it has {name} without @hookimpl, so that it is not called")
    return sentences


def describe(error: BaseException) -> str:
    """An exception in one line, even one that fails at telling what it is."""
    try:
        text = " ".join(str(error).split())[:500]
    except Exception:
        text = "(it cannot say what)"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
