"""Help desks that exist already: the ticket sources ``zammad``, ``glpi`` and ``generic``."""

from sla_engine.plugin import TicketSource, hookimpl


@hookimpl
def sla_ticket_sources() -> dict[str, type[TicketSource]]:
    """``zammad`` and ``glpi`` by name, ``generic`` for whatever can tell its events as JSON lines."""
    from sla_desks.generic import GenericSource
    from sla_desks.glpi import GlpiSource
    from sla_desks.zammad import ZammadSource

    return {"zammad": ZammadSource, "glpi": GlpiSource, "generic": GenericSource}
