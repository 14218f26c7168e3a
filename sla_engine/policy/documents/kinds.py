"""The kinds of table that a policy file may hold."""

from collections.abc import Mapping

from sla_engine.policy.documents.accounting import AccountingTable
from sla_engine.policy.documents.agreements import CustomerTable, SlaTable
from sla_engine.policy.documents.calendars import CalendarTable
from sla_engine.policy.documents.escalations import EscalationTable
from sla_engine.policy.documents.maintenance import MaintenanceTable
from sla_engine.policy.documents.services import ServiceTable
from sla_engine.policy.documents.support import AccessTable, SupportTable, TicketSourceTable
from sla_engine.policy.documents.telling import NotifierTable, RotationTable, TextTable

KINDS: Mapping[str, type] = {
    "calendar": CalendarTable,
    "service": ServiceTable,
    "sla": SlaTable,
    "accounting": AccountingTable,
    "maintenance": MaintenanceTable,
    "support": SupportTable,
    "notifier": NotifierTable,
    "ticket-source": TicketSourceTable,
    "rotation": RotationTable,
    "escalation": EscalationTable,
    "text": TextTable,
    "customer": CustomerTable,
    "access": AccessTable,
}
"""The kinds whose tables are keyed by an id."""

ENGINE = "engine"
"""The one kind of which there is one table, without an id."""
