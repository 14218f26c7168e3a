"""What became of a short message: whether it was taken, whether that is certain, and whether it arrived."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sla_engine.plugin import Message
from sla_engine.testing.fixtures import RunNotifier
from sla_engine.testing.servers.sms_gateway import GatewayFault, SmsHttpGateway, TwilioGateway, VonageGateway
from sla_engine.testing.servers.smsc import SentReceipt, SmscFault, SmscServer

MESSAGE = Message("incident-7-opened", "API is down", "The API answers 503.", short="API down", at=1)
LONG = Message("incident-7-opened", "API is down", "a" * 300, at=1)
ENVIRON = {"SMS_PASSWORD": SmsHttpGateway.password}
Serve = Callable[..., Awaitable[int]]


def keys(gateway: SmscServer | SmsHttpGateway, further: str = "") -> str:
    if isinstance(gateway, SmscServer):
        way = f'host = "{gateway.host}"\nport = {gateway.port}\nsystem_id = "sla"'
    else:
        kind = "twilio" if isinstance(gateway, TwilioGateway) else "vonage"
        login = f'account = "{gateway.account}"\npassword = {{ env = "SMS_PASSWORD" }}'
        way = f'gateway = "{kind}"\nurl = "{gateway.url}"\n{login}'
    return f'via = "sms"\nfrom = "ACME"\nto = ["+351912345678"]\n{way}\n{further}\n'


@pytest.mark.parametrize(
    ("stage", "fault", "certain", "is_final"),
    [
        ("bind", SmscFault(status=0x0E), True, False),  # wrong password
        ("bind", SmscFault(close=True), True, False),
        ("bind", SmscFault(silent=True), True, False),
        ("submit", SmscFault(status=0x0B), True, True),  # no such number
        ("submit", SmscFault(status=0x45), True, False),  # submission failed
        ("submit", SmscFault(silent=True), False, False),
        ("submit", SmscFault(close=True), False, False),
        ("submit", SmscFault(raw=b"HTTP/1.1 200 OK\r\n\r\n"), False, False),
    ],
    ids=str,
)
def test_only_a_lost_answer_to_the_message_is_uncertain(
    smsc: SmscServer, run_notifier: RunNotifier, stage: str, fault: SmscFault, certain: bool, is_final: bool
) -> None:
    smsc.break_(stage, fault)

    delivery = run_notifier(keys(smsc), MESSAGE, seconds=0.6)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, certain, is_final)
    assert delivery.detail.startswith(f"{stage}: ")


@pytest.mark.parametrize(
    ("taken_parts", "certain"), [(0, True), (1, False)], ids=["before the last part", "after the last part"]
)
def test_of_a_message_in_parts_only_the_last_answer_makes_uncertain(
    smsc: SmscServer, run_notifier: RunNotifier, taken_parts: int, certain: bool
) -> None:
    smsc.break_("submit", SmscFault(close=True, after=taken_parts))

    delivery = run_notifier(keys(smsc), LONG)

    assert (delivery.sent, delivery.certain) == (False, certain)


@pytest.mark.parametrize("status", [0x58, 0x14])
def test_a_gateway_that_throttles_asks_for_a_pause(smsc: SmscServer, run_notifier: RunNotifier, status: int) -> None:
    smsc.break_("submit", SmscFault(status=status))

    delivery = run_notifier(keys(smsc), MESSAGE)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, False)
    assert delivery.retry_after == 5.0


def test_a_gateway_over_http_may_say_how_long(twilio: TwilioGateway, run_notifier: RunNotifier) -> None:
    twilio.break_("submit", GatewayFault(status=429, headers={"Retry-After": "17"}))
    throttled = run_notifier(keys(twilio), MESSAGE, environ=ENVIRON)
    twilio.break_("submit", GatewayFault(status=503, headers={"Retry-After": "60"}))
    down = run_notifier(keys(twilio), MESSAGE, environ=ENVIRON)

    assert (throttled.certain, throttled.retry_after) == (True, 17.0)
    assert (down.certain, down.retry_after) == (True, 60.0)


@pytest.mark.parametrize(
    ("fault", "certain", "is_final"),
    [
        (GatewayFault(status=400, body={"code": 21211, "message": "Invalid 'To' Phone Number"}), True, True),
        (GatewayFault(status=400, body={"code": 21606, "message": "Not your number"}), True, False),
        (GatewayFault(status=401, body={"code": 20003, "message": "Authenticate"}), True, False),
        (GatewayFault(status=500), True, False),
        (GatewayFault(status=504), False, False),
        (GatewayFault(status=302, headers={"Location": "/elsewhere"}), True, False),
        (GatewayFault(body="<html>"), False, False),
        (GatewayFault(body={"status": "queued"}), False, False),  # without an id
        (GatewayFault(body={"sid": "SM1", "status": "failed"}), True, False),
        (GatewayFault(close=True), False, False),
        (GatewayFault(delay=2.0), False, False),
    ],
    ids=str,
)
def test_what_twilio_says_no_to_is_certain(
    twilio: TwilioGateway, run_notifier: RunNotifier, fault: GatewayFault, certain: bool, is_final: bool
) -> None:
    twilio.break_("submit", fault)

    delivery = run_notifier(keys(twilio), MESSAGE, environ=ENVIRON, seconds=0.6)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, certain, is_final)
    assert delivery.detail.startswith("submit: ")


@pytest.mark.parametrize(("status", "is_final"), [("4", False), ("7", True), ("6", True), ("9", False)])
def test_what_vonage_says_no_to_is_certain_although_its_status_is_200(
    vonage: VonageGateway, run_notifier: RunNotifier, status: str, is_final: bool
) -> None:
    vonage.break_("submit", GatewayFault(body={"messages": [{"status": status, "error-text": "no"}]}))

    delivery = run_notifier(keys(vonage), MESSAGE, environ=ENVIRON)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, is_final)


def test_a_gateway_that_is_gone_has_nothing(smsc: SmscServer, twilio: TwilioGateway, run_notifier: RunNotifier) -> None:
    for gateway in (smsc, twilio):
        gateway.refuse()
        delivery = run_notifier(keys(gateway), MESSAGE, environ=ENVIRON)

        assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, False)
        assert "refused" in delivery.detail


def test_an_answer_that_does_not_hold_what_is_expected_took_nothing(run_notifier: RunNotifier, httpserver: Any) -> None:
    httpserver.expect_request("/send").respond_with_json({"status": "error"})
    request = f'gateway = "http"\nrequest = {{ url = "{httpserver.url_for("/send")}" }}\n'
    accepted = 'accepted = [{ path = "$.status", equals = "queued" }]\n'

    delivery = run_notifier(f'via = "sms"\nfrom = "ACME"\nto = ["+351912345678"]\n{request}{accepted}', MESSAGE)

    assert (delivery.sent, delivery.certain) == (False, True)
    assert "$.status" in delivery.detail


@pytest.mark.parametrize(
    ("receipts", "sent", "is_final", "detail"),
    [
        ([SentReceipt()], True, False, "receipt: DELIVRD; taken as 00000001"),
        ([SentReceipt(early=True)], True, False, "receipt: DELIVRD; taken as 00000001"),
        ([SentReceipt(text="id:1 stat:ENROUTE"), SentReceipt(delay=0.05)], True, False, "receipt: DELIVRD"),
        ([SentReceipt(text="id:1 stat:UNDELIV err:027")], False, True, "receipt: UNDELIV (027); taken as 00000001"),
        ([SentReceipt(text="id:1 stat:REJECTD err:000")], False, True, "receipt: REJECTD; taken as 00000001"),
        ([SentReceipt(text="id:1 stat:UNKNOWN")], True, False, "no receipt in time, last heard: UNKNOWN"),
        ([SentReceipt(text="id:1 stat:ENROUTE")], True, False, "no receipt in time, last heard: ENROUTE"),
        ([SentReceipt(text="id:99 stat:UNDELIV")], True, False, "no receipt in time, last heard: nothing"),
        ([], True, False, "no receipt in time, last heard: nothing; taken as 00000001"),
    ],
    ids=lambda value: "" if not isinstance(value, str) else value,
)
def test_a_receipt_tells_whether_it_arrived(
    smsc: SmscServer,
    run_notifier: RunNotifier,
    receipts: list[SentReceipt],
    sent: bool,
    is_final: bool,
    detail: str,
) -> None:
    smsc.receipts = receipts

    delivery = run_notifier(keys(smsc, 'receipt = { within = "300ms" }'), MESSAGE)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (sent, True, is_final)
    assert delivery.detail.startswith(detail)
    assert len(smsc.messages) == 1


def test_all_parts_must_arrive(smsc: SmscServer, run_notifier: RunNotifier) -> None:
    smsc.message_id = "{number}"
    arrived = run_notifier(keys(smsc, 'receipt = { within = "2s" }'), LONG)
    smsc.messages.clear()
    smsc.receipts = [SentReceipt(text="id:1 stat:DELIVRD"), SentReceipt(text="id:00000002 stat:EXPIRED")]
    lost = run_notifier(keys(smsc, 'receipt = { within = "2s" }'), LONG)

    assert (arrived.sent, arrived.detail) == (True, "receipt: DELIVRD; taken as 00000001 00000002")
    assert (lost.sent, lost.is_final, lost.detail) == (
        False,
        True,
        "receipt: EXPIRED; taken as 00000001 00000002",
    )


def test_a_gateway_that_goes_after_it_took_a_message_has_it(smsc: SmscServer, run_notifier: RunNotifier) -> None:
    smsc.receipts = [SentReceipt(raw=b"\xff" * 16)]

    delivery = run_notifier(keys(smsc, 'receipt = { within = "2s" }'), MESSAGE)

    assert (delivery.sent, delivery.certain) == (True, True)
    assert "taken as 00000001; receipt: the answer is not SMPP" in delivery.detail


def test_a_wait_for_a_receipt_ends_before_the_try_does(smsc: SmscServer, run_notifier: RunNotifier) -> None:
    smsc.receipts = []

    delivery = run_notifier(keys(smsc, 'receipt = { within = "1h" }'), MESSAGE, seconds=1.5)

    assert (delivery.sent, delivery.certain) == (True, True)
    assert delivery.detail == "no receipt in time, last heard: nothing; taken as 00000001"


@pytest.mark.parametrize(
    ("states", "sent", "is_final", "detail"),
    [
        (["queued", "delivered"], True, False, "receipt: delivered; taken as SM"),
        (["undelivered"], False, True, "receipt: undelivered (30003: Unreachable destination handset)"),
        (["queued"], True, False, "no receipt in time, last heard: queued"),
    ],
)
def test_gateways_over_http_are_asked_for_it(
    twilio: TwilioGateway, run_notifier: RunNotifier, states: list[str], sent: bool, is_final: bool, detail: str
) -> None:
    twilio.states = states

    delivery = run_notifier(keys(twilio, 'receipt = { within = "600ms" }'), MESSAGE, environ=ENVIRON)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (sent, True, is_final)
    assert delivery.detail.startswith(detail)
    assert len(twilio.messages) == 1


@pytest.mark.parametrize("password", [None, "far-too-long-for-smpp"])
def test_a_password_that_cannot_be_one_sends_nothing(
    smsc: SmscServer, run_notifier: RunNotifier, password: str | None
) -> None:
    environ = {} if password is None else {"SMS_PASSWORD": password}

    delivery = run_notifier(keys(smsc, 'password = { env = "SMS_PASSWORD" }'), MESSAGE, environ=environ)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, False)
    assert delivery.detail.startswith("secret: ")
    assert smsc.requests == []


async def test_a_gateway_that_speaks_no_smpp_has_nothing(serve: Serve, run_notifier: RunNotifier) -> None:
    async def web(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(16)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    port = await serve(web)
    toml = f'via = "sms"\nfrom = "ACME"\nto = ["+351912345678"]\nhost = "127.0.0.1"\nport = {port}\n'

    delivery = await asyncio.to_thread(run_notifier, toml, MESSAGE)

    assert (delivery.sent, delivery.certain) == (False, True)
    assert delivery.detail.startswith("bind: the answer is not SMPP")
