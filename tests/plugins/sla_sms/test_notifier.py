"""The sms notifier: what the gateway takes is what was meant, in as many parts as it is paid for."""

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve

from sla_engine.plugin import Message
from sla_engine.testing.fixtures import RunNotifier
from sla_engine.testing.servers.smpp import SmppGateway
from sla_engine.testing.servers.sms_gateway import SmsHttpGateway, TwilioGateway, VonageGateway
from sla_engine.testing.servers.smsc import SmscServer
from sla_engine.testing.servers.web import Page, WebServer
from sla_sms.notifier import SmsNotifier

NUMBER = "+351912345678"
MESSAGE = Message(
    "incident-7-opened",
    "API is down",
    "The API answers 503 since 11:00, as the check of the status saw it.",
    short="API down",
    severity="critical",
    at=1_793_444_400_000_000,
)
ENVIRON = {"SMS_PASSWORD": SmsHttpGateway.password}
PLACES = '{ to = "{to}", from = "{from}", text = "{text}", key = "{key}" }'


def keys(gateway: Any, further: str = "") -> str:
    """The notifier's table for a gateway."""
    if isinstance(gateway, SmscServer | SmppGateway):
        way = f'host = "{gateway.host}"\nport = {gateway.port}\nsystem_id = "sla"'
    elif isinstance(gateway, WebServer):
        way = f'gateway = "http"\nrequest = {{ url = "{gateway.url}/send", json = {PLACES} }}'
    else:
        kind = "twilio" if isinstance(gateway, TwilioGateway) else "vonage"
        login = f'account = "{gateway.account}"\npassword = {{ env = "SMS_PASSWORD" }}'
        way = f'gateway = "{kind}"\nurl = "{gateway.url}"\n{login}'
    return f'via = "sms"\nfrom = "ACME"\nto = ["{NUMBER}"]\n{way}\n{further}\n'


def test_over_smpp_a_message_arrives_as_it_was_meant(smsc: SmscServer, run_notifier: RunNotifier) -> None:
    delivery = run_notifier(keys(smsc), MESSAGE)

    assert (delivery.sent, delivery.certain, delivery.reference) == (True, True, "00000001")
    [taken] = smsc.messages
    assert (taken.destination_addr, taken.dest_addr_ton, taken.dest_addr_npi) == ("351912345678", 1, 1)
    assert (taken.source_addr, taken.source_addr_ton) == ("ACME", 5)
    assert (taken.short_message, taken.data_coding, taken.esm_class) == (b"API down", 0, 0)
    assert taken.registered_delivery == 0
    assert smsc.requests == ["bind", "submit", "unbind"]


def test_over_twilios_interface(twilio: TwilioGateway, run_notifier: RunNotifier) -> None:
    delivery = run_notifier(keys(twilio), MESSAGE, environ=ENVIRON)

    assert (delivery.sent, delivery.certain) == (True, True)
    assert str(delivery.reference).startswith("SM")
    assert twilio.messages == [{"To": NUMBER, "From": "ACME", "Body": "API down"}]


def test_over_vonages_interface_with_our_key_as_its_reference(vonage: VonageGateway, run_notifier: RunNotifier) -> None:
    delivery = run_notifier(keys(vonage), MESSAGE, environ=ENVIRON)

    assert (delivery.sent, delivery.certain, delivery.reference) == (True, True, "0000000000000001")
    [taken] = vonage.messages
    assert (taken["to"], taken["from"], taken["text"]) == ("351912345678", "ACME", "API down")
    assert taken["client-ref"] == MESSAGE.key


def test_over_any_other_interface_with_an_idempotency_key(run_notifier: RunNotifier, httpserver: Any) -> None:
    httpserver.expect_request("/send").respond_with_json({"status": "queued", "message": {"id": "m-1"}}, status=202)
    further = 'accepted = [{ path = "$.status", equals = "queued" }]\nid = "$.message.id"\n'
    request = f'gateway = "http"\nrequest = {{ url = "{httpserver.url_for("/send")}", json = {PLACES} }}\n'

    delivery = run_notifier(f'via = "sms"\nfrom = "ACME"\nto = ["{NUMBER}"]\n{request}{further}', MESSAGE)

    assert (delivery.sent, delivery.certain, delivery.reference) == (True, True, "m-1")
    [(asked, _)] = httpserver.log
    assert asked.get_json() == {"to": NUMBER, "from": "ACME", "text": "API down", "key": MESSAGE.key}
    assert asked.headers["Idempotency-Key"] == MESSAGE.key


def test_what_stands_in_a_text_is_not_filled_in_again(run_notifier: RunNotifier, httpserver: Any) -> None:
    httpserver.expect_request("/send").respond_with_json({})
    request = f'gateway = "http"\nrequest = {{ url = "{httpserver.url_for("/send")}", json = {PLACES} }}\n'
    hostile = '{to} {key}", "to": "+1900"'

    run_notifier(f'via = "sms"\nfrom = "A"\nto = ["{NUMBER}"]\n{request}', evolve(MESSAGE, short=hostile))

    [(asked, _)] = httpserver.log
    assert asked.get_json() == {"to": NUMBER, "from": "A", "text": hostile, "key": MESSAGE.key}


def test_without_a_short_text_the_text_is_sent(smsc: SmscServer, run_notifier: RunNotifier) -> None:
    run_notifier(keys(smsc), evolve(MESSAGE, short=None))
    run_notifier(keys(smsc), evolve(MESSAGE, short=None, text=""))

    assert [taken.short_message.decode() for taken in smsc.messages] == [MESSAGE.text, MESSAGE.subject]


@pytest.mark.parametrize(
    ("text", "coding", "pieces"),
    [
        ("a" * 200, 0, [b"a" * 153, b"a" * 47]),
        ("[" * 100, 0, [b"\x1b<" * 76, b"\x1b<" * 24]),
        ("ã" * 80, 8, [("ã" * 67).encode("utf-16-be"), ("ã" * 13).encode("utf-16-be")]),
    ],
)
def test_a_long_text_goes_in_parts_that_phones_put_together(
    smsc: SmscServer, run_notifier: RunNotifier, text: str, coding: int, pieces: list[bytes]
) -> None:
    smsc.message_id = "{number}"

    delivery = run_notifier(keys(smsc), evolve(MESSAGE, short=text))
    run_notifier(keys(smsc), evolve(MESSAGE, short=text))

    first, second, *repeated = smsc.messages
    assert [part.short_message[6:] for part in (first, second)] == pieces
    assert [part.short_message[:3] for part in (first, second)] == [b"\x05\x00\x03"] * 2
    assert [part.short_message[4:6] for part in (first, second)] == [b"\x02\x01", b"\x02\x02"]
    assert first.short_message[3] == second.short_message[3]
    assert [part.esm_class for part in (first, second)] == [0x40, 0x40]
    assert [part.data_coding for part in (first, second)] == [coding, coding]
    assert [part.short_message for part in repeated] == [first.short_message, second.short_message]
    assert delivery.reference == "00000001 00000002"


def test_another_message_has_another_reference(smsc: SmscServer, run_notifier: RunNotifier) -> None:
    for number in range(3):
        run_notifier(keys(smsc), evolve(MESSAGE, key=f"incident-{number}", short="a" * 200))

    assert len({part.short_message[3] for part in smsc.messages}) == 3


@pytest.mark.parametrize(
    ("text", "further", "parts"),
    [
        ("API down", {}, 1),
        ("a" * 161, {}, 2),
        ("a" * 10_000, {}, 3),
        ("a" * 10_000, {"max_parts": 10}, 10),
        ("ã" * 71, {}, 2),
        ("ã" * 71, {"transliterate": True}, 1),
    ],
)
def test_a_message_is_as_many_parts_as_are_paid_for(text: str, further: Mapping[str, Any], parts: int) -> None:
    notifier = SmsNotifier(to=[NUMBER], from_="ACME", host="smpp.example.com", **further)

    assert notifier.parts(evolve(MESSAGE, short=text)) == parts


def test_each_number_gets_a_message_of_its_own(smsc: SmscServer, run_notifier: RunNotifier) -> None:
    notifier = SmsNotifier(to=[NUMBER, "+4930123456"], from_="ACME", host="smpp.example.com")

    run_notifier(keys(smsc), evolve(MESSAGE, to=("+4930123456",)))

    assert notifier.recipients() == (NUMBER, "+4930123456")
    assert [notifier.reaches(contact) for contact in ("+4930123456", "ops@acme.example")] == [True, False]
    assert [taken.destination_addr for taken in smsc.messages] == ["4930123456"]


@pytest.mark.parametrize("number", ["912345678", "+351 912", "ops@acme.example", "+1\r\n", "+٣٥١٩١٢٣٤٥٦٧٨"])
def test_a_recipient_that_is_no_number_is_given_up_at_once(
    smsc: SmscServer, run_notifier: RunNotifier, number: str
) -> None:
    delivery = run_notifier(keys(smsc), evolve(MESSAGE, to=(number,)))

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, True)
    assert smsc.messages == []


def test_a_message_goes_through_a_gateway_by_other_people(run_notifier: RunNotifier) -> None:
    with SmppGateway() as gateway:
        toml = keys(gateway, 'receipt = { within = "5s" }')
        delivery = run_notifier(toml, evolve(MESSAGE, short="Não responde. " * 20))

    assert (delivery.sent, delivery.certain) == (True, True)
    assert delivery.detail.startswith("receipt: DELIVRD; taken as ")


def test_a_page_that_is_no_gateway_takes_nothing(run_notifier: RunNotifier) -> None:
    with WebServer({"/send": Page("hello")}) as web:
        web.break_("/send", status=503)
        delivery = run_notifier(keys(web), MESSAGE)

    assert (delivery.sent, delivery.certain) == (False, True)
    assert delivery.detail.startswith("submit: refused with status 503")
