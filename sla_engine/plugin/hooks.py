"""Every hook that a plugin can implement. A hook that is added later breaks no older plugin.

Implementations may take fewer arguments than a hook offers. They are marked with `hookimpl` and found in the module
that an entry point of group ``sla_engine`` names.
"""

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from click import Command

    from sla_engine.model.incident import IncidentRecord
    from sla_engine.model.result import Result
    from sla_engine.model.ticket import TicketRecord
    from sla_engine.model.verdict import Verdict
    from sla_engine.plugin.fields import Secret
    from sla_engine.plugin.notifier import Notifier
    from sla_engine.plugin.probe import Probe
    from sla_engine.plugin.tickets import TicketSource

PROJECT = "sla_engine"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def sla_probes() -> "dict[str, type[Probe]]":  # type: ignore[empty-body]
    """The probes of this plugin, by the name that policies give in ``probe = "..."``.

    Called once, when plugins are loaded. Two plugins that claim one name are both named, and the name goes to the first
    loaded; the built-in ones come first. Since 0.1.
    """


@hookspec
def sla_notifiers() -> "dict[str, type[Notifier]]":  # type: ignore[empty-body]
    """The notifiers of this plugin, by the name that policies give in ``via = "..."``.

    Called once, when plugins are loaded; names as for `sla_probes`. Since 0.1.
    """


@hookspec
def sla_ticket_sources() -> "dict[str, type[TicketSource]]":  # type: ignore[empty-body]
    """The ticket sources of this plugin, by the name that policies give in ``via = "..."``.

    Called once, when plugins are loaded; names as for `sla_probes`. Since 0.1.
    """


@hookspec(firstresult=True)
def sla_secret(reference: "Secret") -> "str | None":
    """The text of a secret written ``{ plugin = "..." }``, or None where this plugin does not know it.

    Called each time a probe or notifier reveals it; the first plugin that answers is taken. Since 0.1.
    """


@hookspec
def sla_commands() -> "dict[str, Command]":  # type: ignore[empty-body]
    """Further commands of ``sla``, by name. A name that the engine has already is refused. Since 0.1."""


@hookspec
def sla_result(result: "Result") -> None:
    """Told of each result, after it is stored, off the event loop. What it raises is logged. Since 0.1."""


@hookspec
def sla_incident(incident: "IncidentRecord") -> None:
    """Told of each incident, as it stands on record, after something happened to it; off the event loop.

    What happened last is the last of its events. What it raises is logged. Since 0.1.
    """


@hookspec
def sla_ticket(ticket: "TicketRecord") -> None:
    """Told of each ticket, as it stands on record, after something happened to it; off the event loop.

    It may be told once of several things that happened to a ticket within a second. What it raises is logged.
    Since 0.1.
    """


@hookspec
def sla_evaluated(verdict: "Verdict") -> None:
    """Told of each verdict that is given: when a report is frozen, and by ``sla evaluate``.

    In the engine off the event loop. What it raises is logged. Since 0.1.
    """
