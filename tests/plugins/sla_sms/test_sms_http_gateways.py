"""Gateways over HTTP: Twilio's interface, Vonage's, and any other that a policy describes."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from sla_api.paths import AtPath
from sla_engine.plugin import Duration, Outcome, Secret
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.sms_gateway import GatewayFault, SmsHttpGateway, TwilioGateway, VonageGateway
from sla_sms.keys import ExpectSms, SmsBalance, SmsDegraded, SmsReceipt, SmsRequest, SmsStatus, SmsSubmit
from sla_sms.probe import SmsProbe
from sla_sms.vonage import sign

Ask = Callable[..., Awaitable[Outcome]]


@pytest.fixture(params=["twilio", "vonage"])
def gateway(request: pytest.FixtureRequest) -> SmsHttpGateway:
    """Each of them in turn: what is said of it holds for both."""
    running: SmsHttpGateway = request.getfixturevalue(request.param)
    return running


async def test_without_a_message_the_account_is_asked_for_its_balance(ask: Ask, gateway: SmsHttpGateway) -> None:
    outcome = await ask(gateway)

    assert (outcome.state, outcome.reason) == ("up", None)
    assert list(outcome.phases) == ["balance"]
    assert outcome.values["balance"] == 12.5
    assert gateway.messages == []


async def test_a_message_is_sent_once_and_asked_for_until_it_arrives(ask: Ask, gateway: SmsHttpGateway) -> None:
    gateway.states = ["sent", "delivered"]

    outcome = await ask(gateway, awaits=SmsReceipt())

    assert (outcome.state, outcome.reason) == ("up", None)
    assert list(outcome.phases) == ["balance", "submit", "receipt"]
    assert 0.2 < outcome.values["round_trip"] < 8
    assert len(gateway.messages) == 1
    assert len(gateway.requests) == 4


async def test_a_balance_is_held_against_what_is_expected(ask: Ask, gateway: SmsHttpGateway) -> None:
    low = await ask(gateway, degraded=SmsDegraded(balance_at_least=20), expect=ExpectSms(balance_at_least=5))
    none = await ask(gateway, expect=ExpectSms(balance_at_least=20))

    assert (low.state, low.reason) == ("degraded", "balance 12.5, expected at least 20")
    assert [str(finding.state) for finding in low.findings] == ["up", "degraded"]
    assert (none.state, none.reason) == ("down", "balance 12.5, expected at least 20")


async def test_no_message_is_paid_for_that_can_change_nothing(ask: Ask, gateway: SmsHttpGateway) -> None:
    outcome = await ask(gateway, sends=True, expect=ExpectSms(balance_at_least=20))

    assert (outcome.state, outcome.reason) == ("down", "balance 12.5, expected at least 20")
    assert gateway.messages == []


async def test_no_message_is_sent_where_the_account_is_not_let_in(ask: Ask, gateway: SmsHttpGateway) -> None:
    outcome = await ask(gateway, sends=True, environ={"SMS_PASSWORD": "something else"})

    assert outcome.state == "down"
    assert str(outcome.reason).startswith("balance: refused with status 401")
    assert gateway.messages == []


async def test_a_redirect_is_no_acceptance_and_is_not_followed(ask: Ask, gateway: SmsHttpGateway) -> None:
    gateway.break_("submit", GatewayFault(307, headers={"Location": f"{gateway.url}/again"}, body={}))

    outcome = await ask(gateway, sends=True)

    assert outcome.state == "down"
    assert str(outcome.reason).startswith("submit: refused with status 307")
    assert len(gateway.requests) == 2


async def test_a_lost_answer_never_makes_a_second_message(ask: Ask, gateway: SmsHttpGateway) -> None:
    gateway.break_("submit", GatewayFault(close=True))

    outcome = await ask(gateway, sends=True)

    assert outcome.state == "down"
    assert str(outcome.reason).startswith("submit: ")
    assert len(gateway.messages) == 1


async def test_a_gateway_that_throttles_the_questions_for_a_message_is_asked_again(
    ask: Ask, gateway: SmsHttpGateway
) -> None:
    gateway.break_("status", GatewayFault(429, body={}))

    outcome = await ask(gateway, awaits=SmsReceipt(within=Duration(700_000)))

    assert (outcome.state, outcome.reason) == ("down", "receipt no answer within 700ms, expected delivered")
    assert len(gateway.requests) > 3


async def test_a_certificate_that_ends_soon_is_noticed(ask: Ask, authority: LocalAuthority, ca_file: str) -> None:
    with TwilioGateway(context=authority.server_context()) as gateway:
        outcome = await ask(gateway, ca_file=ca_file, degraded=SmsDegraded(certificate_days=100))
        refused = await ask(gateway)

    assert outcome.state == "degraded"
    assert str(outcome.reason).startswith("certificate days 9")
    assert refused.state == "down"
    assert str(refused.reason).startswith("balance: tls: ")


async def test_twilio_is_sent_what_its_interface_wants(ask: Ask, twilio: TwilioGateway) -> None:
    await ask(twilio, sends=True)

    assert twilio.messages == [{"To": "+491234567890", "From": "ACME", "Body": "SLA probe"}]
    assert twilio.requests[-1] == f"/2010-04-01/Accounts/{twilio.account}/Messages.json"


async def test_an_api_key_of_twilios_logs_in_for_its_account(ask: Ask, twilio: TwilioGateway) -> None:
    refused = await ask(twilio, user="SK1")
    twilio.user = "SK1"
    let_in = await ask(twilio, user="SK1")

    assert (refused.state, let_in.state) == ("down", "up")
    assert twilio.requests[-1] == f"/2010-04-01/Accounts/{twilio.account}/Balance.json"


async def test_vonage_is_sent_what_its_interface_wants(ask: Ask, vonage: VonageGateway) -> None:
    await ask(vonage, submit=SmsSubmit(to="+491234567890", from_="+4930", text="não"))

    fields = {"to": "491234567890", "from": "4930", "text": "não", "type": "unicode"}
    assert vonage.messages == [fields | {"api_key": vonage.account, "api_secret": vonage.password}]


async def test_a_signed_message_to_vonage_carries_no_secret(ask: Ask, vonage: VonageGateway) -> None:
    outcome = await ask(vonage, sends=True, signature="sha256")

    [sent] = vonage.messages
    unsigned = {name: value for name, value in sent.items() if name != "sig"}
    text = "".join(f"&{name}={unsigned[name]}" for name in sorted(unsigned))
    assert sent["sig"] == hmac.new(vonage.password.encode(), text.encode(), "sha256").hexdigest()
    assert "api_secret" not in sent
    assert (outcome.state, outcome.values["balance"]) == ("up", 12.5)


def test_a_signature_does_not_depend_on_what_a_text_holds() -> None:
    assert sign({"text": "a=1&to=2"}, "secret", "md5") == sign({"text": "a_1_to_2"}, "secret", "md5")


REQUEST = {"to": "{to}", "sender": {"name": "{from}"}, "parts": ["{text}"]}


def described(server: HTTPServer, **keys: Any) -> SmsProbe:
    """A gateway that only the policy knows."""
    usual: dict[str, Any] = {
        "gateway": "http",
        "headers": {"X-Key": Secret("env", "KEY")},
        "submit": SmsSubmit(to="+49123", from_="ACME", text="to {to}"),
        "request": SmsRequest(url=server.url_for("/send"), json=REQUEST),
        "accepted": [AtPath("$.status", equals="ok")],
        "id": "$.ids[0]",
        "status": SmsStatus(server.url_for("/messages/") + "{id}", "$.state", failed=("failed", "expired")),
        "balance": SmsBalance(server.url_for("/credit"), "$.credit"),
        "receipt": SmsReceipt(),
    }
    return SmsProbe(**{**usual, **keys})


async def test_any_gateway_can_be_described(attempt: Any, httpserver: HTTPServer) -> None:
    sent = {"to": "+49123", "sender": {"name": "ACME"}, "parts": ["to {to}"]}
    key = {"X-Key": "k-123"}
    httpserver.expect_request("/credit", headers=key).respond_with_json({"credit": "7.25"})
    httpserver.expect_request("/send", "POST", json=sent, headers=key).respond_with_json({"status": "ok", "ids": [17]})
    httpserver.expect_request("/messages/17", headers=key).respond_with_json({"state": "delivered"})

    outcome = await attempt(described(httpserver), environ={"KEY": "k-123"})

    assert (outcome.state, outcome.reason) == ("up", None)
    assert outcome.values["balance"] == 7.25
    assert [finding.what for finding in outcome.findings] == ["submit $.status", "receipt"]


async def test_a_gateway_may_take_everything_in_its_address_and_answer_in_plain_text(
    attempt: Any, httpserver: HTTPServer
) -> None:
    query = {"user": "me", "password": "p w&d", "to": "+49123", "text": "SLA probe"}
    httpserver.expect_request("/send/+49123", "GET", query_string=query).respond_with_data("0: Accepted", status=202)
    wanted = {"user": "me", "password": Secret("env", "KEY"), "to": "{to}", "text": "{text}"}
    probe = SmsProbe(
        gateway="http",
        submit=SmsSubmit(to="+49123", from_="ACME"),
        request=SmsRequest(url=httpserver.url_for("/send") + "/{to}", method="GET", query=wanted),
    )

    outcome = await attempt(probe, environ={"KEY": "p w&d"})

    assert (outcome.state, outcome.reason) == ("up", None)


async def test_a_gateway_may_take_a_form(attempt: Any, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/send", "POST", data="key=k%261&text=SLA+probe").respond_with_json({})
    probe = SmsProbe(
        gateway="http",
        submit=SmsSubmit(to="+49123", from_="ACME"),
        request=SmsRequest(url=httpserver.url_for("/send"), form={"key": Secret("env", "KEY"), "text": "{text}"}),
    )

    outcome = await attempt(probe, environ={"KEY": "k&1"})

    assert (outcome.state, outcome.reason) == ("up", None)


async def test_a_secret_that_is_not_there_is_our_own_error(attempt: Any, httpserver: HTTPServer) -> None:
    outcome = await attempt(described(httpserver))

    assert (outcome.state, outcome.reason) == ("error", "secret: the environment has no KEY")
