"""What a check of the ``sms`` probe must not say; each refusal says what to write instead."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import fields_dict

from sla_sms.keys import ExpectSms
from sla_sms.texts import measure

if TYPE_CHECKING:
    from sla_sms.probe import SmsProbe

_SMPP_STAGES = ("connect", "tls", "bind", "enquire_link", "submit")
_HTTP_STAGES = ("balance", "submit")
_OF_SMPP = ("host", "tls", "system_id", "system_type")
_OF_HTTP = ("headers", "request", "accepted", "id", "status", "balance")
_COMMON = {"latency", "certificate_days", "balance_at_least"}


def refuse_nonsense(probe: "SmsProbe") -> None:
    """Refuse what cannot be meant.

    Raises:
        ValueError: with the first thing that is wrong.
    """
    for rules in (_of_the_gateway, _of_sending, _of_expectations):
        for fault in rules(probe):
            raise ValueError(fault)


def _of_the_gateway(probe: "SmsProbe") -> Iterator[str]:
    if probe.gateway is None and (probe.host is None) == (probe.url is None):
        yield "a gateway is asked over SMPP by its host, or over HTTP by its url: give one of them, or gateway"
    if probe.kind == "smpp":
        yield from _of_smpp(probe)
    else:
        yield from _unused(probe, _OF_SMPP, "smpp")
    if probe.kind != "http":
        yield from _unused(probe, _OF_HTTP, "http")
    if probe.kind in {"twilio", "vonage"} and (probe.account is None or probe.password is None):
        yield f'gateway = "{probe.kind}" needs account and password'
    if probe.kind not in {"twilio", "vonage"} and probe.account is not None:
        yield "account is for the gateways twilio and vonage"
    if probe.kind != "twilio" and probe.user is not None:
        yield "user is for the gateway twilio"
    if probe.kind == "http" and probe.password is not None:
        yield "password is for the other gateways: give it in headers, request.query or request.form"
    if probe.kind == "http" and not (probe.url or probe.submit or probe.balance):
        yield 'gateway = "http" needs a url to ask, a balance to ask for, or something to submit'
    if probe.kind == "http" and probe.url and (probe.submit or probe.balance):
        yield "url is only asked: give the addresses of request, status and balance instead"


def _of_smpp(probe: "SmsProbe") -> Iterator[str]:
    if probe.host is None:
        yield 'gateway = "smpp" needs a host'
    if probe.url is not None:
        yield "url is for gateways over HTTP, and host for those over SMPP: give one of them"
    for name, longest in (("system_id", 15), ("system_type", 12)):
        value = getattr(probe, name)
        if len(value) > longest or not value.isascii():
            yield f"{name} has at most {longest} ASCII characters in SMPP 3.4"


def _of_sending(probe: "SmsProbe") -> Iterator[str]:
    if probe.receipt and not probe.submit:
        yield "receipt waits for a message: give submit, which sends one"
    if not probe.submit:
        if probe.signature:
            yield "with a signature only sending can be tried: give submit, or the API secret as password instead"
        return
    if probe.retries:
        yield "a retry would send, and pay for, a second message: leave retries at 0 where something is submitted"
    if probe.kind == "smpp":
        yield from _of_sending_over_smpp(probe)
    if probe.signature and (probe.kind != "vonage" or probe.receipt):
        yield "signature is for Vonage, where a receipt can be asked for with the API secret alone"
    if probe.kind == "http":
        yield from _of_sending_over_http(probe)
    if probe.receipt and probe.timeout and probe.receipt.within >= probe.timeout:
        yield f"timeout is {probe.timeout}: make it longer than the {probe.receipt.within} of receipt.within"


def _of_sending_over_smpp(probe: "SmsProbe") -> Iterator[str]:
    assert probe.submit is not None
    if probe.bind == "receiver":
        yield 'a receiver cannot submit: bind as "transmitter" or "transceiver"'
    if probe.receipt and probe.bind != "transceiver":
        yield 'receipts come to no transmitter: bind as "transceiver"'
    length = measure(probe.submit.text)
    if length.parts > 1:
        yield f"submit.text takes {length.parts} messages of {length.alphabet}: shorten it to one"


def _of_sending_over_http(probe: "SmsProbe") -> Iterator[str]:
    if probe.request is None:
        yield "submit needs request, which says how this gateway is asked"
    if probe.receipt and (probe.id is None or probe.status is None):
        yield "receipt needs id and status, which say how this gateway is asked for a message"
    if probe.receipt and probe.receipt.states:
        yield "receipt.states is for the other gateways: write them in status.delivered"


def _of_expectations(probe: "SmsProbe") -> Iterator[str]:
    stages = _SMPP_STAGES if probe.kind == "smpp" else _HTTP_STAGES
    for name in sorted(set(probe.within) - set(stages)):
        yield f"within.{name} is none of the stages: {', '.join(stages)} (a receipt has its own, receipt.within)"
    if probe.kind == "smpp" and _wants_balance(probe):
        yield "SMPP tells no balance: ask the gateway's HTTP interface for it, in a check of its own"
    if probe.kind == "http" and not probe.balance and _wants_balance(probe):
        yield "a balance is expected: say in balance how this gateway is asked for it"
    if probe.degraded.receipt and not probe.receipt:
        yield "degraded.receipt is for a receipt that is waited for: give receipt"
    if probe.kind == "http" and probe.url:
        return
    usual = ExpectSms()
    for name in fields_dict(ExpectSms):
        if name not in _COMMON and getattr(probe.expect, name) != getattr(usual, name):
            yield f'expect.{name} is for gateway = "http" with a url'


def _wants_balance(probe: "SmsProbe") -> bool:
    return probe.expect.balance_at_least is not None or probe.degraded.balance_at_least is not None


def _unused(probe: "SmsProbe", names: tuple[str, ...], kind: str) -> Iterator[str]:
    for name in names:
        if getattr(probe, name):
            yield f'{name} is for gateway = "{kind}"'
