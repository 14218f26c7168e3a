"""The gateway over HTTP that a policy's keys mean."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from sla_api.paths import AtPath
from sla_engine.plugin import NotifyRun, ProbeRun, Secret
from sla_sms.gateway import HttpGateway, ShortMessage
from sla_sms.generic import Generic
from sla_sms.keys import SmsBalance, SmsRequest, SmsStatus
from sla_sms.twilio import Twilio
from sla_sms.vonage import Signature, Vonage

_MICROSECONDS = 1_000_000


class Keys(Protocol):
    """The keys of a gateway over HTTP, be they a probe's or a notifier's."""

    @property
    def kind(self) -> str: ...
    @property
    def account(self) -> str | None: ...
    @property
    def user(self) -> str | None: ...
    @property
    def password(self) -> Secret | None: ...
    @property
    def signature(self) -> Signature | None: ...
    @property
    def url(self) -> str | None: ...
    @property
    def headers(self) -> Mapping[str, str | Secret]: ...
    @property
    def request(self) -> SmsRequest | None: ...
    @property
    def accepted(self) -> Sequence[AtPath]: ...
    @property
    def id(self) -> str | None: ...
    @property
    def status(self) -> SmsStatus | None: ...


def http_gateway(
    keys: Keys, run: ProbeRun | NotifyRun, message: ShortMessage | None, balance: SmsBalance | None = None
) -> HttpGateway:
    """The gateway, with the message that it shall send.

    Raises:
        LookupError: a secret is not there.
    """
    if keys.kind == "http":
        return Generic(run, keys.headers, message, keys.request, keys.accepted, keys.id, keys.status, balance)
    account, password = keys.account or "", "" if keys.password is None else run.secrets.reveal(keys.password)
    if keys.kind == "twilio":
        return Twilio(account, keys.user or account, password, keys.url, message)
    return Vonage(account, password, keys.signature, keys.url, message, run.clock.now() // _MICROSECONDS)
