"""What a check must not say, as it is told when the policy is read."""

from typing import Any

import pytest

from sla_engine.plugin import Duration, Secret
from sla_sms.keys import ExpectSms, SmsBalance, SmsDegraded, SmsReceipt, SmsRequest, SmsStatus, SmsSubmit
from sla_sms.probe import SmsProbe

SUBMIT = SmsSubmit(to="+491234567890", from_="ACME")
SECOND = Duration(1_000_000)
TWILIO: dict[str, Any] = {"gateway": "twilio", "account": "AC1", "password": Secret("env", "TOKEN")}
HTTP: dict[str, Any] = {"gateway": "http", "request": SmsRequest(url="https://sms.example.com/send")}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, "give one of them"),
        ({"host": "h", "url": "http://h"}, "give one of them"),
        ({"gateway": "smpp"}, "needs a host"),
        ({"host": "h", "system_id": "x" * 16}, "at most 15 ASCII characters"),
        ({"host": "h", "balance": SmsBalance("https://h/", "$.x")}, 'balance is for gateway = "http"'),
        ({"host": "h", "account": "AC1"}, "account is for the gateways twilio and vonage"),
        ({"gateway": "twilio"}, "needs account and password"),
        ({**TWILIO, "host": "h"}, 'host is for gateway = "smpp"'),
        ({**TWILIO, "gateway": "vonage", "user": "SK1"}, "user is for the gateway twilio"),
        ({**TWILIO, "headers": {"X": "y"}}, 'headers is for gateway = "http"'),
        ({**TWILIO, "expect": ExpectSms(status=201)}, r"expect\.status is for"),
        ({**HTTP, "password": Secret("env", "KEY")}, "give it in headers"),
        ({"gateway": "http"}, "needs a url to ask, a balance to ask for, or something to submit"),
        ({**HTTP, "url": "https://h/", "submit": SUBMIT}, "url is only asked"),
        ({"gateway": "http", "submit": SUBMIT}, "submit needs request"),
        ({**HTTP, "submit": SUBMIT, "receipt": SmsReceipt()}, "receipt needs id and status"),
        ({"host": "h", "receipt": SmsReceipt()}, "receipt waits for a message: give submit"),
        ({"host": "h", "submit": SUBMIT, "retries": 1}, "would send, and pay for, a second message"),
        ({**TWILIO, "submit": SUBMIT, "retries": 2}, "leave retries at 0"),
        ({"host": "h", "submit": SUBMIT, "bind": "receiver"}, "a receiver cannot submit"),
        ({"host": "h", "submit": SUBMIT, "receipt": SmsReceipt(), "bind": "transmitter"}, "come to no transmitter"),
        ({"host": "h", "submit": SmsSubmit(to="123", from_="1234", text="ã" * 71)}, "takes 2 messages of UCS-2"),
        ({"host": "h", "submit": SUBMIT, "receipt": SmsReceipt(), "timeout": SECOND}, "timeout is 1s: make it longer"),
        ({"host": "h", "within": {"balance": SECOND}}, r"within\.balance is none of the stages"),
        ({"host": "h", "expect": ExpectSms(balance_at_least=1)}, "SMPP tells no balance"),
        ({**HTTP, "submit": SUBMIT, "expect": ExpectSms(balance_at_least=0)}, "say in balance how"),
        ({"host": "h", "degraded": SmsDegraded(receipt=SECOND)}, "give receipt"),
        ({**TWILIO, "gateway": "vonage", "signature": "sha256"}, "only sending can be tried"),
        ({**TWILIO, "signature": "sha256", "submit": SUBMIT}, "signature is for Vonage"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_way_out(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SmsProbe(**keys)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SmsSubmit(to="a phone", from_="ACME"), "write digits alone"),
        (lambda: SmsSubmit(to="+49123", from_="a name that is too long"), "at most 11 characters"),
        (lambda: SmsSubmit(to="+49123", from_="ACME", text=""), "write 1 to 1600"),
        (lambda: SmsReceipt(within=Duration(0)), "longer than nothing"),
        (lambda: SmsRequest(url="sms.example.com"), "write it in full"),
        (lambda: SmsRequest(url="https://h/", form={"a": "b"}, json={}), "give one of them"),
        (lambda: SmsStatus(url="https://h/", path="$.s"), "must hold {id}"),
        (lambda: SmsBalance(url="https://h/", path="$["), "no JSONPath"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_a_policy_may_say_all_of_it(run_probe: Any) -> None:
    toml = """
probe = "sms"
gateway = "smpp"
host = "127.0.0.1"
port = 1
tls = true
system_id = "probe"
bind = "transceiver"
timeout = "2s"
submit = { to = "+491234567890", from = "ACME", text = "SLA probe" }
receipt = { within = "1s", states = ["DELIVRD", "ACCEPTD"] }
within = { connect = "1s", bind = "500ms" }
expect.latency = "1s"
degraded = { receipt = "500ms", latency = "300ms" }
"""
    outcome = run_probe(toml)

    assert (outcome.state, outcome.reason) == ("down", "connect: connection refused")


def test_a_policy_with_retries_beside_submit_is_refused(run_probe: Any) -> None:
    with pytest.raises(ValueError, match="second message"):
        run_probe('probe = "sms"\nhost = "127.0.0.1"\nretries = 1\nsubmit = { to = "123", from = "ACME" }')
