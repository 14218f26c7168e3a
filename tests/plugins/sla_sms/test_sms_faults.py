"""What each fault of a gateway comes to, kept as a table: ``golden/faults.txt``."""

import asyncio
import struct
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from attrs import evolve

from sla_api.paths import AtPath
from sla_engine.plugin import Duration, Outcome, Port, Secret
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.sms_gateway import GatewayFault, SmsHttpGateway, TwilioGateway, VonageGateway
from sla_engine.testing.servers.smsc import SentReceipt, SmscFault, SmscServer
from sla_sms.keys import SmsBalance, SmsReceipt, SmsRequest, SmsStatus, SmsSubmit
from sla_sms.probe import SmsProbe

Ask = Callable[..., Awaitable[Outcome]]
Serve = Callable[..., Awaitable[int]]
Row = Callable[[], Awaitable[Outcome]]

HEADER = struct.Struct("!IIII")
BRIEFLY = Duration(400_000)
SUBMIT = SmsSubmit(to="+491234567890", from_="ACME")
OTHER = SentReceipt(text="id:99999999 stat:DELIVRD err:000 text:")


def pdu(command: int, sequence: int = 1, status: int = 0, body: bytes = b"") -> bytes:
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


HALF = pdu(0x80000009)[:10]

# The requests at which a gateway fails, and how.
REQUESTS: Mapping[str, tuple[str, SmscFault]] = {
    "closes at the bind": ("bind", SmscFault(close=True)),
    "speaks HTTP": ("bind", SmscFault(raw=b"HTTP/1.1 400 Bad Request\r\n\r\n")),
    "a PDU of length 0": ("bind", SmscFault(raw=bytes(16))),
    "a PDU of 4 GB": ("bind", SmscFault(raw=b"\xff" * 16)),
    "half a PDU, then nothing": ("bind", SmscFault(raw=HALF)),
    "another's wrong sequence": ("bind", SmscFault(raw=pdu(0x80000009, 99))),
    "an answer to something else": ("bind", SmscFault(raw=pdu(0x80000004))),
    "a storm of enquire_link": ("bind", SmscFault(before=pdu(0x15) * 10_001)),
    "a few enquire_link": ("bind", SmscFault(before=pdu(0x15) * 50)),
    "an alert_notification": ("bind", SmscFault(before=pdu(0x102))),
    "a request that is not in SMPP": ("bind", SmscFault(before=pdu(0x7777))),
    "an unreadable deliver_sm": ("enquire_link", SmscFault(before=pdu(0x05, body=b"\xff" * 9))),
    "unbinds in the middle": ("enquire_link", SmscFault(before=pdu(0x06))),
    "bind: wrong password": ("bind", SmscFault(status=0x0E)),
    "bind: unknown system id": ("bind", SmscFault(status=0x0F)),
    "bind: failed": ("bind", SmscFault(status=0x0D)),
    "bind: already bound": ("bind", SmscFault(status=0x05)),
    "bind: system error": ("bind", SmscFault(status=0x08)),
    "bind: throttled": ("bind", SmscFault(status=0x58)),
    "bind: a status of its own": ("bind", SmscFault(status=0x400)),
    "bind: a status of nobody's": ("bind", SmscFault(status=0xDEAD)),
    "bind: generic_nack": ("bind", SmscFault(raw=pdu(0x80000000, 0, 0x03))),
    "bind: silent": ("bind", SmscFault(silent=True)),
    "enquire_link: refused": ("enquire_link", SmscFault(status=0x08)),
    "enquire_link: silent": ("enquire_link", SmscFault(silent=True)),
    "unbind: silent": ("unbind", SmscFault(delay=20)),
    "unbind: refused": ("unbind", SmscFault(status=0x08)),
    "unbind: closes": ("unbind", SmscFault(close=True)),
    "submit: throttled": ("submit", SmscFault(status=0x58)),
    "submit: message queue full": ("submit", SmscFault(status=0x14)),
    "submit: invalid destination": ("submit", SmscFault(status=0x0B)),
    "submit: no such service": ("submit", SmscFault(status=0x15)),
    "submit: silent": ("submit", SmscFault(silent=True)),
    "submit: closes": ("submit", SmscFault(close=True)),
    "submit: no id": ("submit", SmscFault(raw=pdu(0x80000004, 3, body=b"\0"))),
}

RECEIPTS: Mapping[str, list[SentReceipt]] = {
    "receipt: delivered": [SentReceipt()],
    "receipt: before the answer": [SentReceipt(early=True)],
    "receipt: twice": [SentReceipt(), SentReceipt()],
    "receipt: in parameters alone": [SentReceipt(text="-", message_id="{id}", state=2)],
    "receipt: on its way, then delivered": [SentReceipt(text="id:{id} stat:ENROUTE"), SentReceipt(delay=0.05)],
    "receipt: lost": [],
    "receipt: for another message": [OTHER],
    "receipt: on its way for ever": [SentReceipt(text="id:{id} stat:ENROUTE")],
    "receipt: without a state": [SentReceipt(text="id:{id}")],
    "receipt: unreadable": [SentReceipt(raw=pdu(0x05, 7, body=b"\xff" * 9))],
    "receipt: undeliverable": [SentReceipt(text="id:{id} stat:UNDELIV err:027 text:")],
    "receipt: rejected": [SentReceipt(text="-", message_id="{id}", state=8)],
    "receipt: expired": [SentReceipt(text="id:{id} stat:EXPIRED err:000 text:")],
}

TWILIO: Mapping[str, tuple[str, GatewayFault]] = {
    "balance: closes": ("balance", GatewayFault(close=True)),
    "balance: a page of HTML": ("balance", GatewayFault(200, "<html>Maintenance</html>")),
    "balance: no number": ("balance", GatewayFault(200, {"balance": "plenty"})),
    "balance: missing": ("balance", GatewayFault(200, {})),
    "balance: throttled": ("balance", GatewayFault(429, {"code": 20429, "message": "Too Many Requests"})),
    "submit: 500": ("submit", GatewayFault(500, {"code": 20500, "message": "Internal Server Error"})),
    "submit: 503 without a body": ("submit", GatewayFault(503, "")),
    "submit: throttled": ("submit", GatewayFault(429, {"code": 20429, "message": "Too Many Requests"})),
    "submit: invalid number": ("submit", GatewayFault(400, {"code": 21211, "message": "Invalid 'To' Phone Number"})),
    "submit: failed at once": ("submit", GatewayFault(201, {"sid": "SM1", "status": "failed", "error_code": 30007})),
    "submit: no id": ("submit", GatewayFault(201, {"status": "queued"})),
    "submit: an id that leads elsewhere": ("submit", GatewayFault(201, {"sid": "../Balance", "status": "queued"})),
    "submit: a list": ("submit", GatewayFault(201, [])),
    "submit: not finite": ("submit", GatewayFault(201, '{"sid": NaN}')),
    "submit: too deep": ("submit", GatewayFault(201, "[" * 500 + "]" * 500)),
    "submit: too long": ("submit", GatewayFault(201, '{"sid": "' + "x" * 100_000 + '"}')),
    "submit: a redirect": ("submit", GatewayFault(307, {}, {"Location": "https://127.0.0.1:1/"})),
    "submit: answers too late": ("submit", GatewayFault(delay=5)),
    "submit: closes": ("submit", GatewayFault(close=True)),
    "status: not found": ("status", GatewayFault(404, {"code": 20404, "message": "Not found"})),
    "status: no state": ("status", GatewayFault(200, {"status": None})),
    "status: throttled for ever": ("status", GatewayFault(429, {})),
}

VONAGE: Mapping[str, tuple[str, GatewayFault]] = {
    "balance: no number": ("balance", GatewayFault(200, {"value": True})),
    "submit: throttled": ("submit", GatewayFault(200, {"messages": [{"status": "1", "error-text": "Throughput"}]})),
    "submit: bad credentials": ("submit", GatewayFault(200, {"messages": [{"status": "4", "error-text": "Bad Cred"}]})),
    "submit: no credit": ("submit", GatewayFault(200, {"messages": [{"status": "9", "error-text": "Quota"}]})),
    "submit: one part refused": (
        "submit",
        GatewayFault(200, {"messages": [{"status": "0", "message-id": "A"}, {"status": "5"}]}),
    ),
    "submit: of no message": ("submit", GatewayFault(200, {"messages": []})),
    "submit: 420": ("submit", GatewayFault(420, {"error-code-label": "Numbers API"})),
    "status: nonsense": ("status", GatewayFault(200, {"records": "none"})),
}

STATES = {
    "undelivered": {"twilio": "undelivered", "vonage": "failed"},
    "sent for ever": {"twilio": "sent", "vonage": ""},
}

GENERIC: Mapping[str, Mapping[str, Any]] = {
    "accepted": {},
    "not accepted": {"accepted": [AtPath("$.status", equals="ok")]},
    "no id": {"id": "$.id"},
    "no such state": {"status": SmsStatus("http://gateway/messages/{id}", "$.state")},
    "no balance": {"balance": SmsBalance("http://gateway/credit", "$.credit")},
    "a request that cannot be sent": {"headers": {"X-Key": "two\r\nlines"}},
}

WAITS_IN_VAIN = (
    "receipt: lost",
    "receipt: for another message",
    "receipt: on its way for ever",
    "receipt: without a state",
    "receipt: unreadable",
    "status: throttled for ever",
    "status: sent for ever",
    "unreachable",
)


def patience(name: str) -> SmsReceipt:
    """Short where it is waited for in vain, else long enough for a busy machine."""
    return SmsReceipt(within=Duration(600_000 if name.endswith(WAITS_IN_VAIN) else 6_000_000))


def over_smpp(ask: Ask) -> dict[str, Row]:
    """Gateways that fail at a request, or whose receipts go wrong."""

    async def fails(name: str, stage: str, fault: SmscFault) -> Outcome:
        limit = {"within": {stage: BRIEFLY}} if fault.silent or fault.raw == HALF else {}
        with SmscServer() as smsc:
            smsc.break_(stage, fault)
            return await ask(smsc, awaits=patience(name) if stage == "submit" else None, **limit)

    async def tells(name: str, receipts: list[SentReceipt]) -> Outcome:
        with SmscServer() as smsc:
            smsc.receipts = receipts
            return await ask(smsc, awaits=patience(name))

    async def is_gone_meanwhile() -> Outcome:
        with SmscServer() as smsc:
            smsc.receipts = []
            smsc.break_("enquire_link", SmscFault(silent=True, after=1))
            return await ask(smsc, awaits=patience("receipt: lost"))

    rows: dict[str, Row] = {name: partial(fails, name, *fault) for name, fault in REQUESTS.items()}
    rows["receipt: lost, and the gateway hangs"] = is_gone_meanwhile
    return rows | {name: partial(tells, name, receipts) for name, receipts in RECEIPTS.items()}


def over_tls(ask: Ask, attempt: Ask, serve: Serve, authority: LocalAuthority, ca_file: str) -> dict[str, Row]:
    """Gateways whose certificates are not what they should be."""

    async def presents(
        trusted: str | None, *names: str, days: int = 90, tls: bool = True, speaks: bool = True
    ) -> Outcome:
        context = authority.server_context(*names, valid_for=timedelta(days=days)) if speaks else None
        with SmscServer(context=context) as smsc:
            return await ask(smsc, tls=tls, ca_file=trusted, within={} if speaks else {"tls": BRIEFLY})

    async def says(said: bytes) -> Outcome:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1000)
            writer.write(said)
            await writer.drain()

        return await attempt(SmsProbe(host="127.0.0.1", port=Port(await serve(answer)), tls=True))

    return {
        "good": partial(presents, ca_file),
        "expired": partial(presents, ca_file, days=-1),
        "for another name": partial(presents, ca_file, "other.test"),
        "of an unknown issuer": partial(presents, None),
        "none, the server speaks clear text": partial(presents, ca_file, speaks=False),
        "answered with HTTP": partial(says, b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        "answered with SMPP": partial(says, pdu(0x80000000)),
        "broken off": partial(says, b""),
        "wanted by the server alone": partial(presents, None, tls=False),
    }


def over_http(ask: Ask, kind: str) -> dict[str, Row]:
    """Gateways that fail at a question, or tell of messages that do not arrive."""
    make: Callable[[], SmsHttpGateway] = {"twilio": TwilioGateway, "vonage": VonageGateway}[kind]

    async def fails(name: str, question: str, fault: GatewayFault) -> Outcome:
        with make() as gateway:
            gateway.break_(question, fault)
            limit = {"within": {question: BRIEFLY}} if fault.delay else {}
            return await ask(gateway, awaits=patience(name), **limit)

    async def tells(name: str, state: str) -> Outcome:
        with make() as gateway:
            gateway.states = [state]
            return await ask(gateway, awaits=patience(name))

    async def refuses() -> Outcome:
        with make() as gateway:
            return await ask(gateway, environ={"SMS_PASSWORD": "wrong"})

    async def is_gone() -> Outcome:
        with make() as gateway:
            gateway.refuse()
            return await ask(gateway)

    faults = {"works": ("balance", GatewayFault()), **{"twilio": TWILIO, "vonage": VONAGE}[kind]}
    rows: dict[str, Row] = {name: partial(fails, name, *fault) for name, fault in faults.items()}
    rows |= {f"status: {name}": partial(tells, f"status: {name}", states[kind]) for name, states in STATES.items()}
    return rows | {"wrong secret": refuses, "refuses connections": is_gone}


def as_described(attempt: Ask) -> dict[str, Row]:
    """A gateway that answers {"sent": true} to everything, and what a policy says of it."""

    async def described(keys: Mapping[str, Any]) -> Outcome:
        with TwilioGateway() as gateway:
            for question in ("submit", "status"):
                gateway.break_(question, GatewayFault(200, {"sent": 7, "id": None}))
            said = {name: _at(gateway.url, value) for name, value in keys.items()}
            waits = {"receipt": SmsReceipt(), "id": "$.sent"} if "status" in said else {}
            request = SmsRequest(url=f"{gateway.url}/send", form={"text": "{text}"})
            return await attempt(SmsProbe(gateway="http", submit=SUBMIT, request=request, **waits, **said))

    return {name: partial(described, keys) for name, keys in GENERIC.items()}


def _at(url: str, value: Any) -> Any:
    return (
        evolve(value, url=value.url.replace("http://gateway", url))
        if isinstance(value, SmsStatus | SmsBalance)
        else value
    )


def elsewhere(attempt: Ask) -> dict[str, Row]:
    """Gateways of which nothing is heard."""

    async def at(host: str, port: int = 1, **keys: Any) -> Outcome:
        return await attempt(SmsProbe(host=host, port=Port(port), system_id="probe", **keys))

    return {
        "refuses connections": partial(at, "127.0.0.1"),
        "a name that does not resolve": partial(at, "no..name"),
        "an address that the guard refuses": partial(at, "169.254.169.254"),
        "a password that is not there": partial(at, "127.0.0.1", password=Secret("env", "NONE")),
    }


async def test_each_fault_has_its_state_doubt_stage_and_reason(
    attempt: Ask,
    ask: Ask,
    serve: Serve,
    authority: LocalAuthority,
    ca_file: str,
    fault_table: Callable[[Mapping[str, Outcome]], str],
    golden: Callable[[str, str], None],
) -> None:
    families = {
        "smpp": elsewhere(attempt) | over_smpp(ask),
        "tls": over_tls(ask, attempt, serve, authority, ca_file),
        "twilio": over_http(ask, "twilio"),
        "vonage": over_http(ask, "vonage"),
        "http": as_described(attempt),
    }
    rows = {f"{family}: {name}": row for family, faults in families.items() for name, row in faults.items()}
    few = asyncio.Semaphore(6)

    async def in_turn(row: Row) -> Outcome:
        async with few:
            return await row()

    outcomes = await asyncio.gather(*(in_turn(row) for row in rows.values()))

    golden("faults.txt", fault_table(dict(zip(rows, outcomes, strict=True))))
