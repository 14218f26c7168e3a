"""Gateways with Vonage's interface: https://developer.vonage.com/en/api/sms, its accounts and its reports."""

import hmac
from typing import Literal
from urllib.parse import urlencode

from attrs import field, frozen

from sla_engine.plugin import HttpRequest, StageFailed
from sla_sms.asking import basic, form, insist_on_json, read_message_id, read_number, refusal, shown
from sla_sms.failures import Busy, Refused, Undeliverable, printable
from sla_sms.gateway import Answer, Delivery, ShortMessage, Taken
from sla_sms.texts import measure

Signature = Literal["md5", "sha1", "sha256", "sha512"]

_BASE = "https://rest.nexmo.com"
_REPORTS = "https://api.nexmo.com"
_TAKEN, _THROTTLED = "0", "1"
_NO_SUCH_NUMBER = frozenset({"6", "7", "33"})  # unroutable, barred, no longer in use
_LONGEST_REFERENCE = 100
_FAILED = ("failed", "rejected", "expired", "undeliverable")


@frozen
class Vonage:
    """An account of such a gateway.

    Attributes:
        account: its API key.
        password: its API secret, or with a ``signature`` its signature secret.
        signature: the way in which requests are signed instead of carrying the secret, or None.
        url: where the gateway is, or None for Vonage's own addresses.
        now: seconds since the Unix epoch, for signatures.
    """

    account: str
    password: str = field(repr=False)
    signature: Signature | None
    url: str | None
    submit: ShortMessage | None
    now: int
    delivered: tuple[str, ...] = ("delivered",)

    def ask_balance(self) -> HttpRequest | None:
        if self.signature is not None:  # a signature is for sending alone
            return None
        return HttpRequest(url=f"{self._base(_BASE)}/account/get-balance", headers=basic(self.account, self.password))

    def read_balance(self, answer: Answer) -> float:
        _insist_on_success(answer)
        return read_number(answer.at("value"), "the balance")

    def send(self) -> HttpRequest:
        assert self.submit is not None
        alphabet = measure(self.submit.text).alphabet
        fields = {
            "api_key": self.account,
            "to": self.submit.to.removeprefix("+"),
            "from": self.submit.from_.removeprefix("+"),
            "text": self.submit.text,
            "type": "text" if alphabet == "GSM-7" else "unicode",
        }
        if self.submit.key:
            fields["client-ref"] = self.submit.key[:_LONGEST_REFERENCE]
        if self.signature is None:
            fields["api_secret"] = self.password
        else:
            fields["timestamp"] = str(self.now)
            fields["sig"] = sign(fields, self.password, self.signature)
        return form(f"{self._base(_BASE)}/sms/json", {}, fields)

    def read_taken(self, answer: Answer) -> Taken:
        """Every part of the message has a status of its own, and HTTP's is 200 even where all are refused."""
        _insist_on_success(answer)
        parts = answer.at("messages")
        if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
            raise StageFailed(f"the answer tells of no message but {answer.text!r}")
        for part in parts:
            status, said = part.get("status"), part.get("error-text")
            if status != _TAKEN:
                kind = Undeliverable if status in _NO_SUCH_NUMBER else Busy if status == _THROTTLED else Refused
                told = f" ({printable(str(said))})" if said is not None else ""
                raise kind(f"refused with message status {shown(status)}{told}")
        left = parts[-1].get("remaining-balance")
        balance = None if left is None else read_number(left, "the balance")
        return Taken(read_message_id(parts[0].get("message-id")), balance)

    def ask_delivery(self, message_id: str) -> HttpRequest:
        query = {"account_id": self.account, "product": "SMS", "direction": "outbound", "id": message_id}
        url = f"{self._base(_REPORTS)}/v2/reports/records?{urlencode(query)}"
        return HttpRequest(url=url, headers=basic(self.account, self.password))

    def read_delivery(self, answer: Answer) -> Delivery:
        _insist_on_success(answer)
        if answer.at("records") == []:  # a record is written some time after the message was taken
            return Delivery("unrecorded", is_final=False)
        state, said = answer.at("records", 0, "status"), answer.at("records", 0, "error_code_description")
        if not isinstance(state, str):
            raise StageFailed(f"the message's status is {shown(state)}")
        is_final = state in self.delivered or state in _FAILED
        return Delivery(printable(state), is_final, printable(str(said)) if state in _FAILED and said else "")

    def _base(self, usual: str) -> str:
        return (self.url or usual).rstrip("/")


def sign(fields: dict[str, str], secret: str, method: Signature) -> str:
    """A signature: the HMAC of all fields in the order of their names, where & and = in a value count as _.

    https://developer.vonage.com/en/getting-started/concepts/signing-messages
    """
    text = "".join(f"&{name}={value.replace('&', '_').replace('=', '_')}" for name, value in sorted(fields.items()))
    return hmac.new(secret.encode(), text.encode(), method).hexdigest()


def _insist_on_success(answer: Answer) -> None:
    if not answer.is_success:
        titles = (answer.at("error-code-label"), answer.at("title"), answer.at("detail"))
        raise refusal(answer, ": ".join(printable(title) for title in titles if isinstance(title, str)))
    insist_on_json(answer)
