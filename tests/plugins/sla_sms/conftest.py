from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import pytest

from sla_engine.model.service import Check
from sla_engine.plugin import Duration, Outcome, Port, Secret
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import load_plugins
from sla_engine.registry.runs import make_equipment, make_guards, run_try
from sla_engine.testing.servers.sms_gateway import SmsHttpGateway, TwilioGateway, VonageGateway
from sla_engine.testing.servers.smsc import SmscServer
from sla_sms.keys import SmsReceipt, SmsSubmit
from sla_sms.probe import SmsProbe

SUBMIT = SmsSubmit(to="+491234567890", from_="ACME", text="SLA probe")
Ask = Callable[..., Awaitable[Outcome]]
ENVIRON = {"SMS_PASSWORD": SmsHttpGateway.password}


@pytest.fixture
def smsc() -> Iterator[SmscServer]:
    with SmscServer() as running:
        yield running


@pytest.fixture
def twilio() -> Iterator[TwilioGateway]:
    with TwilioGateway() as running:
        yield running


@pytest.fixture
def vonage() -> Iterator[VonageGateway]:
    with VonageGateway() as running:
        yield running


@pytest.fixture
def ask(attempt: Callable[..., Awaitable[Outcome]]) -> Ask:
    """Ask a gateway, with these further keys; ``sends`` submits a message, and ``awaits`` its receipt."""

    async def ask_once(
        gateway: SmscServer | SmsHttpGateway,
        *,
        sends: bool = False,
        awaits: SmsReceipt | None = None,
        seconds: float = 8.0,
        environ: Mapping[str, str] | None = None,
        **keys: Any,
    ) -> Outcome:
        if sends or awaits is not None:
            keys.setdefault("submit", SUBMIT)
        probe = SmsProbe(receipt=awaits, **{**address_of(gateway), **keys})
        return await attempt(probe, seconds=seconds, environ=environ or ENVIRON)

    return ask_once


@pytest.fixture
def traced() -> Callable[..., Awaitable[list[str]]]:
    """The dialogue of a message that is sent and arrives, as ``sla probe`` gets it."""

    async def dialogue(gateway: SmscServer | SmsHttpGateway, password: str) -> list[str]:
        keys = {**address_of(gateway), "password": Secret("env", "SMS_PASSWORD")}
        probe = SmsProbe(submit=SUBMIT, receipt=SmsReceipt(), **keys)
        check = Check("service", "check", "sms", probe, Duration(8_000_000))
        environ = {"SMS_PASSWORD": password}
        equipment = make_equipment(load_plugins(), make_guards((), ()), SystemClock(), environ, isolate=False)
        lines: list[str] = []
        try:
            await run_try(check, equipment, lines.append)
        finally:
            await equipment.aclose()
        return lines

    return dialogue


def address_of(gateway: SmscServer | SmsHttpGateway) -> dict[str, Any]:
    """The keys that lead to a gateway."""
    if isinstance(gateway, SmscServer):
        return {"host": gateway.host, "port": Port(gateway.port), "system_id": "probe"}
    kind = "twilio" if isinstance(gateway, TwilioGateway) else "vonage"
    return {
        "gateway": kind,
        "url": gateway.url,
        "account": gateway.account,
        "password": Secret("env", "SMS_PASSWORD"),
    }
