"""Gateways with Twilio's interface of 2010-04-01: https://www.twilio.com/docs/messaging/api/message-resource."""

from typing import Any
from urllib.parse import quote

from attrs import field, frozen

from sla_engine.plugin import HttpRequest, StageFailed
from sla_sms.asking import basic, form, insist_on_json, read_message_id, read_number, refusal, shown
from sla_sms.failures import Refused, Undeliverable, printable
from sla_sms.gateway import Answer, Delivery, ShortMessage, Taken

_BASE = "https://api.twilio.com"
_FAILED = ("undelivered", "failed", "canceled")
_NO_SUCH_NUMBER = frozenset({21211, 21214, 21217, 21610, 21612, 21614})


@frozen
class Twilio:
    """An account of such a gateway.

    Attributes:
        account: its SID.
        user: who logs in: the account itself, or the SID of one of its API keys.
        password: the account's auth token, or the key's secret.
        url: where the gateway is, or None for Twilio's own address.
    """

    account: str
    user: str
    password: str = field(repr=False)
    url: str | None
    submit: ShortMessage | None
    delivered: tuple[str, ...] = ("delivered",)

    def ask_balance(self) -> HttpRequest:
        return self._get("Balance.json")

    def read_balance(self, answer: Answer) -> float:
        _insist_on_success(answer)
        return read_number(answer.at("balance"), "the balance")

    def send(self) -> HttpRequest:
        assert self.submit is not None
        fields = {"To": self.submit.to, "From": self.submit.from_, "Body": self.submit.text}
        return form(self._address("Messages.json"), basic(self.user, self.password), fields)

    def read_taken(self, answer: Answer) -> Taken:
        _insist_on_success(answer)
        if answer.at("status") in _FAILED:
            raise Refused(f"the message is {self.read_delivery(answer)} at once")
        return Taken(read_message_id(answer.at("sid")))

    def ask_delivery(self, message_id: str) -> HttpRequest:
        return self._get(f"Messages/{message_id}.json")

    def read_delivery(self, answer: Answer) -> Delivery:
        _insist_on_success(answer)
        state = answer.at("status")
        if not isinstance(state, str):
            raise StageFailed(f"the message's status is {shown(state)}")
        is_final = state in self.delivered or state in _FAILED
        return Delivery(printable(state), is_final, _told(answer.at("error_code"), answer.at("error_message")))

    def _get(self, path: str) -> HttpRequest:
        return HttpRequest(url=self._address(path), headers=basic(self.user, self.password))

    def _address(self, path: str) -> str:
        base = (self.url or _BASE).rstrip("/")
        return f"{base}/2010-04-01/Accounts/{quote(self.account, safe='')}/{path}"


def _insist_on_success(answer: Answer) -> None:
    if not answer.is_success:
        failed = refusal(answer, _told(answer.at("code"), answer.at("message")))
        raise Undeliverable(str(failed)) if answer.at("code") in _NO_SUCH_NUMBER else failed
    insist_on_json(answer)


def _told(code: Any, message: Any) -> str:
    """An error as the gateway tells it; its codes are at https://www.twilio.com/docs/api/errors."""
    return ": ".join(printable(str(part)) for part in (code, message) if part is not None)
