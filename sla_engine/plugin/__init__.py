"""What a plugin author imports, and all that a plugin may import of the engine.

::

    from attrs import define
    from sla_engine.plugin import Outcome, Port, Probe, ProbeRun, hookimpl

    @define
    class TcpProbe(Probe):
        \"\"\"Open a TCP connection.\"\"\"

        host: str  # name or address to connect to
        port: Port

        async def run(self, run: ProbeRun) -> Outcome:
            reader, writer = await run.connect(self.host, self.port)
            writer.close()
            return Outcome.up()

    @hookimpl
    def sla_probes() -> dict[str, type[Probe]]:
        return {"tcp": TcpProbe}

Register the module under the entry point group ``sla_engine``.
"""

from sla_engine.model.result import State
from sla_engine.plugin.fields import Duration, Percent, Port, Secret
from sla_engine.plugin.hooks import hookimpl
from sla_engine.plugin.http import Certificate, HttpClient, HttpError, HttpRequest, HttpResponse
from sla_engine.plugin.names import MESSAGE_NAMES, NAMES, check_places, fill_places, values_of
from sla_engine.plugin.notifier import Delivery, Message, Notifier, NotifyRun, Severity
from sla_engine.plugin.outcome import Doubt, Finding, Outcome
from sla_engine.plugin.probe import AddressRefused, Probe, ProbeRun, Trace
from sla_engine.plugin.stages import StageFailed, Stages, in_stages
from sla_engine.plugin.ticket_lines import source_event
from sla_engine.plugin.tickets import (
    CallRefused,
    SourceAct,
    SourceError,
    SourceEvent,
    SourceNews,
    SourceRun,
    TicketSource,
    WebhookCall,
)

__all__ = [
    "MESSAGE_NAMES",
    "NAMES",
    "AddressRefused",
    "CallRefused",
    "Certificate",
    "Delivery",
    "Doubt",
    "Duration",
    "Finding",
    "HttpClient",
    "HttpError",
    "HttpRequest",
    "HttpResponse",
    "Message",
    "Notifier",
    "NotifyRun",
    "Outcome",
    "Percent",
    "Port",
    "Probe",
    "ProbeRun",
    "Secret",
    "Severity",
    "SourceAct",
    "SourceError",
    "SourceEvent",
    "SourceNews",
    "SourceRun",
    "StageFailed",
    "Stages",
    "State",
    "TicketSource",
    "Trace",
    "WebhookCall",
    "check_places",
    "fill_places",
    "hookimpl",
    "in_stages",
    "source_event",
    "values_of",
]
