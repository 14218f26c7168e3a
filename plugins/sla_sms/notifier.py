"""Messages as short messages to phones, by a gateway over SMPP 3.4 or over HTTP."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from attrs import field, frozen

from sla_api.paths import AtPath
from sla_engine.plugin import Delivery, Message, Notifier, NotifyRun, Port, Secret
from sla_sms.fitting import fit
from sla_sms.gateway import ShortMessage
from sla_sms.keys import SmsReceipt, SmsRequest, SmsStatus
from sla_sms.texts import measure
from sla_sms.vonage import Signature
from sla_sms.wants import refuse_nonsense

_SMPP = Port(2775)
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


@frozen
class SmsNotifier(Notifier):
    """Send each message as a short message to each number, by a gateway as the sms probe asks one."""

    to: list[str]  # numbers, each of which gets a message of its own: with + and the country code, as in +351912345678
    from_: str  # sender: a number, or a name of at most 11 characters
    max_parts: int = 3  # short messages that one message may take, from 1 to 10; a longer text is cut
    transliterate: bool = False  # whether ã is sent as a and so on, where that makes a text GSM-7, which is cheaper
    receipt: SmsReceipt | None = None  # wait for what becomes of the message; one that does not arrive has failed
    gateway: Literal["smpp", "twilio", "vonage", "http"] | None = (
        None  # its interface; default: smpp with a host, else http
    )
    host: str | None = None  # SMPP: name or address of the gateway
    port: Port = _SMPP  # SMPP: its port
    tls: bool = False  # SMPP: whether TLS comes before the first word
    verify: bool = True  # whether the certificate must be valid for the name
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)
    system_id: str = ""  # SMPP: who binds
    system_type: str = ""  # SMPP: as the gateway wants it
    bind: Literal["transmitter", "transceiver"] = "transceiver"  # SMPP: in which mode; receipts need the second
    account: str | None = None  # Twilio: the account's SID; Vonage: the API key
    user: str | None = None  # Twilio: the SID of an API key, where not the account itself logs in
    password: Secret | None = None  # SMPP: the password; Twilio: the auth token or key's secret; Vonage: the API secret
    signature: Signature | None = None  # Vonage: how to sign; the password is then the signature secret
    url: str | None = None  # Twilio, Vonage: where it is, if elsewhere
    headers: Mapping[str, str | Secret] = field(factory=dict)  # http: further headers of every request
    request: SmsRequest | None = None  # http: how to send a message
    accepted: list[AtPath] = field(factory=list)  # http: what must stand in the answer, besides a status 2xx
    id: str | None = None  # http: where in the answer the message's id stands (RFC 9535)
    status: SmsStatus | None = None  # http: how to ask what became of a message

    def __attrs_post_init__(self) -> None:
        if not self.to:
            raise ValueError("to names nobody: give at least one number")
        for number in self.to:
            if fault := _fault_of(number):
                raise ValueError(f"to: {fault}")
        refuse_nonsense(self)

    @property
    def kind(self) -> str:
        """Which interface the gateway has."""
        return self.gateway or ("smpp" if self.host is not None else "http")

    def recipients(self) -> Sequence[str]:
        return tuple(self.to)

    def reaches(self, address: str) -> bool:
        return _fault_of(address) is None

    def parts(self, message: Message) -> int:
        return measure(self._text(message)).parts

    async def send(self, message: Message, run: NotifyRun) -> Delivery:
        from sla_sms.sending import send

        numbers = message.to or tuple(self.to)
        text = self._text(message)
        if faults := [fault for fault in map(_fault_of, numbers) if fault]:
            return Delivery(sent=False, certain=True, detail=f"to: {faults[0]}", is_final=True)
        deliveries = [await send(self, ShortMessage(to, self.from_, text, message.key), run) for to in numbers]
        return _together(numbers, deliveries)

    def _text(self, message: Message) -> str:
        text = fit(message.short or message.text, max_parts=self.max_parts, transliterate=self.transliterate)
        return text or fit(message.subject, max_parts=1, transliterate=self.transliterate) or "-"


def _fault_of(number: str) -> str | None:
    if _NUMBER.fullmatch(number):
        return None
    return f"{number!r} is no number in full: write it with + and the country code, as in +351912345678"


def _together(numbers: Sequence[str], deliveries: Sequence[Delivery]) -> Delivery:
    """One delivery of several: sent where one is, as a further try would send that one again."""
    if len(deliveries) == 1:
        return deliveries[0]
    told = "; ".join(f"{number}: {delivery.detail}" for number, delivery in zip(numbers, deliveries, strict=True))
    best = max(deliveries, key=lambda delivery: (delivery.sent, not delivery.certain, not delivery.is_final))
    return Delivery(best.sent, best.certain, told, best.is_final, best.retry_after)
