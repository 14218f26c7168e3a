"""Tickets of other programs, read from files."""

from sla_engine.exchange.tickets.reading import ReadTickets, TicketFileError, read_tickets

__all__ = ["ReadTickets", "TicketFileError", "read_tickets"]
