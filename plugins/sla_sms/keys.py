"""The tables within a check of the ``sms`` probe."""

import re
from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from sla_api.expectations import ExpectJson
from sla_api.select import compile_path
from sla_engine.plugin import Duration, Secret
from sla_http.asking import check_url

_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_SENDER = re.compile(r"\+?[0-9]{3,15}|[A-Za-z0-9 ._&-]{1,11}")
_LONGEST_TEXT = 1600
_MINUTE = Duration(60_000_000)


@frozen
class SmsSubmit:
    """Really send a message on every run, which costs what the gateway charges for each."""

    to: str  # number of the receiver, best a test number of the gateway's; with + where it is an international one
    from_: str  # sender: a number, or a name of at most 11 characters
    text: str = "SLA probe"  # what to send; outside the alphabet GSM-7 only 70 characters fit in one message

    def __attrs_post_init__(self) -> None:
        if not _NUMBER.fullmatch(self.to):
            raise ValueError(f"submit.to {self.to!r} is no number: write digits alone, as in +491234567890")
        if not _SENDER.fullmatch(self.from_):
            raise ValueError(f"submit.from {self.from_!r} is neither a number nor a name of at most 11 characters")
        if not 1 <= len(self.text) <= _LONGEST_TEXT:
            raise ValueError(f"submit.text has {len(self.text)} characters: write 1 to {_LONGEST_TEXT}")


@frozen
class SmsReceipt:
    """Wait until the gateway tells what became of the message that was sent."""

    within: Duration = _MINUTE  # longest wait, counted from when the message was taken
    states: tuple[str, ...] = ()  # what must have become of it; default: what the gateway calls delivered
    hex_ids: bool = False  # SMPP: the gateway tells a message's id in base 16 here and in base 10 there

    def __attrs_post_init__(self) -> None:
        if not self.within.microseconds:
            raise ValueError('receipt.within must be longer than nothing: write a time, as in "60s"')


@frozen
class SmsRequest:
    """The request that sends a message: {to}, {from} and {text} stand for what is sent, in all but the method."""

    url: str  # address, in full
    method: Literal["GET", "POST", "PUT"] = "POST"  # how to ask
    query: Mapping[str, str | Secret] = field(factory=dict)  # what to add to the address
    form: Mapping[str, str | Secret] = field(factory=dict)  # fields of a form to send
    json: object | None = None  # or value to send as JSON

    def __attrs_post_init__(self) -> None:
        check_url(self.url)
        if self.form and self.json is not None:
            raise ValueError("request.form and request.json both say what to send: give one of them")


@frozen
class SmsStatus:
    """How to ask what became of a message."""

    url: str  # address, in full; {id} stands for the message's id
    path: str  # RFC 9535: where in the answer its state is, such as $.status
    delivered: tuple[str, ...] = ("delivered",)  # states of a message that arrived
    failed: tuple[str, ...] = ("failed",)  # states of one that never will; with any other it is asked again

    def __attrs_post_init__(self) -> None:
        check_url(self.url)
        compile_path(self.path)
        if "{id}" not in self.url:
            raise ValueError("status.url must hold {id}, for the id of the message that was sent")


@frozen
class SmsBalance:
    """How to ask for the account's balance."""

    url: str  # address, in full
    path: str  # RFC 9535: where in the answer it is, such as $.credit; a number, also one in quotes

    def __attrs_post_init__(self) -> None:
        check_url(self.url)
        compile_path(self.path)


@frozen
class ExpectSms(ExpectJson):
    """What must hold; otherwise the gateway is down. All but the first three are for an address that is only asked."""

    latency: Duration | None = None  # longest time in all, without the wait for a receipt
    certificate_days: int | None = None  # days that the certificate must still be valid
    balance_at_least: float | None = None  # what must be left on the account, in its currency


@frozen
class SmsDegraded:
    """What makes a gateway that is up degraded."""

    latency: Duration | None = None  # slower than this, without the wait for a receipt
    receipt: Duration | None = None  # a receipt that came later than this, counted from the sending
    certificate_days: int | None = None  # fewer days left than these
    balance_at_least: float | None = None  # less left on the account
