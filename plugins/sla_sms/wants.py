"""What the ``sms`` notifier must not be told; each refusal says what to write instead."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sla_sms.notifier import SmsNotifier

_SENDER = re.compile(r"\+?[0-9]{3,15}|[A-Za-z0-9 ._&-]{1,11}")
_MOST_PARTS = 10
_OF_SMPP = ("host", "tls", "system_id", "system_type")
_OF_HTTP = ("headers", "request", "accepted", "id", "status")


def refuse_nonsense(notifier: "SmsNotifier") -> None:
    """Refuse what cannot be meant.

    Raises:
        ValueError: with the first thing that is wrong.
    """
    for rules in (_of_the_message, _of_the_gateway, _of_receipts):
        for fault in rules(notifier):
            raise ValueError(fault)


def _of_the_message(notifier: "SmsNotifier") -> Iterator[str]:
    if not _SENDER.fullmatch(notifier.from_):
        yield f"from: {notifier.from_!r} is neither a number nor a name of at most 11 characters: write it as ACME"
    if not 1 <= notifier.max_parts <= _MOST_PARTS:
        yield f"max_parts is {notifier.max_parts}: write a number from 1 to {_MOST_PARTS}"


def _of_the_gateway(notifier: "SmsNotifier") -> Iterator[str]:
    kind = notifier.kind
    if kind == "smpp":
        yield from _of_smpp(notifier)
    else:
        yield from _unused(notifier, _OF_SMPP, "smpp")
    if kind != "http":
        yield from _unused(notifier, _OF_HTTP, "http")
    elif notifier.request is None:
        yield "no gateway is given: write host for SMPP, a gateway, or request for any other over HTTP"
    if kind in {"twilio", "vonage"}:
        if notifier.account is None or notifier.password is None:
            yield f'gateway = "{kind}" needs account and password'
    elif notifier.account is not None or notifier.url is not None:
        yield "account and url are for the gateways twilio and vonage"
    if kind != "twilio" and notifier.user is not None:
        yield "user is for the gateway twilio"
    if kind != "vonage" and notifier.signature is not None:
        yield "signature is for the gateway vonage"
    if kind == "http" and notifier.password is not None:
        yield "password is for the other gateways: give it in headers, request.query or request.form"


def _of_smpp(notifier: "SmsNotifier") -> Iterator[str]:
    if notifier.host is None:
        yield 'gateway = "smpp" needs a host'
    for name, longest in (("system_id", 15), ("system_type", 12)):
        value = getattr(notifier, name)
        if len(value) > longest or not value.isascii():
            yield f"{name} has at most {longest} ASCII characters in SMPP 3.4"


def _of_receipts(notifier: "SmsNotifier") -> Iterator[str]:
    if notifier.receipt is None:
        return
    if notifier.kind == "smpp" and notifier.bind != "transceiver":
        yield 'receipts come to no transmitter: write bind = "transceiver"'
    if notifier.kind == "http" and (notifier.id is None or notifier.status is None):
        yield "receipt needs id and status, which say how this gateway is asked for a message"
    if notifier.kind == "http" and notifier.receipt.states:
        yield "receipt.states is for the other gateways: write them in status.delivered"
    if notifier.signature is not None:
        yield "with a signature Vonage tells of no message: leave receipt out, or give the API secret as password"


def _unused(notifier: "SmsNotifier", names: tuple[str, ...], kind: str) -> Iterator[str]:
    for name in names:
        if getattr(notifier, name):
            yield f'{name} is for gateway = "{kind}"'
