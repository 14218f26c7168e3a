"""The kinds of table that a policy file may hold, as they are written.

A field is a key; ``None`` means that the key is not there. What the keys mean is said beside them, and these comments
are the texts of the schema.
"""

from sla_engine.policy.documents.accounting import AccountingTable
from sla_engine.policy.documents.agreements import (
    Amendment,
    AvailabilityTable,
    ClauseTable,
    CreditsTable,
    CreditTable,
    CustomerTable,
    LatencyTable,
    ResponseTable,
    SlaTable,
    Terms,
)
from sla_engine.policy.documents.calendars import CalendarTable
from sla_engine.policy.documents.engine import ControlTable, EngineTable, LimitsTable, PingTable, Targets
from sla_engine.policy.documents.escalations import BurnTable, EscalationTable, Step, Trigger
from sla_engine.policy.documents.kinds import ENGINE, KINDS
from sla_engine.policy.documents.maintenance import AnnouncementTable, MaintenanceTable
from sla_engine.policy.documents.services import CheckTable, ServiceTable
from sla_engine.policy.documents.support import AccessTable, DeskTable, MailboxTable, SupportTable, TicketSourceTable
from sla_engine.policy.documents.telling import (
    LimitTable,
    NotifierTable,
    OverrideTable,
    RotationTable,
    SpendTable,
    TextTable,
)

__all__ = [
    "ENGINE",
    "KINDS",
    "AccessTable",
    "AccountingTable",
    "Amendment",
    "AnnouncementTable",
    "AvailabilityTable",
    "BurnTable",
    "CalendarTable",
    "CheckTable",
    "ClauseTable",
    "ControlTable",
    "CreditTable",
    "CreditsTable",
    "CustomerTable",
    "DeskTable",
    "EngineTable",
    "EscalationTable",
    "LatencyTable",
    "LimitTable",
    "LimitsTable",
    "MailboxTable",
    "MaintenanceTable",
    "NotifierTable",
    "OverrideTable",
    "PingTable",
    "ResponseTable",
    "RotationTable",
    "ServiceTable",
    "SlaTable",
    "SpendTable",
    "Step",
    "SupportTable",
    "Targets",
    "Terms",
    "TextTable",
    "TicketSourceTable",
    "Trigger",
]
