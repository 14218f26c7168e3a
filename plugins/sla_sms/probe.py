"""Does a gateway for short messages take traffic, and do messages arrive? Over SMPP 3.4, or by its HTTP interface."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from attrs import field, frozen

from sla_api.expectations import DegradedJson
from sla_api.paths import AtPath
from sla_api.probe import ApiProbe
from sla_engine.plugin import Duration, HttpError, Outcome, Port, Probe, ProbeRun, Secret, Stages, in_stages
from sla_sms.failures import Busy
from sla_sms.gateway import ShortMessage
from sla_sms.judging import findings, is_down
from sla_sms.keys import ExpectSms, SmsBalance, SmsDegraded, SmsReceipt, SmsRequest, SmsStatus, SmsSubmit
from sla_sms.rules import refuse_nonsense
from sla_sms.vonage import Signature

_SMPP = Port(2775)
_MICROSECONDS = 1_000_000


@frozen
class SmsProbe(Probe):
    """Ask a gateway for short messages whether it takes traffic; with ``submit``, send a message and see it arrive.

    Stages over SMPP: connect, tls, bind, enquire_link, submit, receipt, unbind; over HTTP: balance, submit, receipt. A
    gateway that throttles is degraded: it is there, and busy.
    """

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
    bind: Literal["transmitter", "receiver", "transceiver"] = "transceiver"  # SMPP: in which mode
    account: str | None = None  # Twilio: the account's SID; Vonage: the API key
    user: str | None = None  # Twilio: the SID of an API key, where not the account itself logs in
    password: Secret | None = None  # SMPP: the password; Twilio: the auth token or key's secret; Vonage: the API secret
    signature: Signature | None = None  # Vonage: how to sign; the password is then the signature secret
    url: str | None = None  # Twilio, Vonage: where it is, if elsewhere; http: an address that is only asked
    headers: Mapping[str, str | Secret] = field(factory=dict)  # http: further headers of every request
    request: SmsRequest | None = None  # http: how to send a message
    accepted: list[AtPath] = field(factory=list)  # http: what must stand in the answer, besides a status 2xx
    id: str | None = None  # http: where in the answer the message's id stands (RFC 9535)
    status: SmsStatus | None = None  # http: how to ask what became of a message
    balance: SmsBalance | None = None  # http: how to ask for the balance
    submit: SmsSubmit | None = None  # really send a message on every run, which costs money
    receipt: SmsReceipt | None = None  # and wait until the message has arrived
    within: Mapping[str, Duration] = field(factory=dict)  # longest time of a stage, by its name
    expect: ExpectSms = field(factory=ExpectSms)  # what must hold; otherwise it is down
    degraded: SmsDegraded = field(factory=SmsDegraded)  # what makes a gateway that is up degraded
    timeout: Duration | None = None  # the engine's: the deadline of one try
    retries: int = 0  # the engine's: further tries, which must be none where a message is sent

    def __attrs_post_init__(self) -> None:
        refuse_nonsense(self)

    @property
    def kind(self) -> str:
        """Which interface the gateway has."""
        return self.gateway or ("smpp" if self.host is not None else "http")

    async def run(self, run: ProbeRun) -> Outcome:
        if self.kind == "http" and self.url is not None:
            return await self._page(self.url).run(run)
        try:
            talk = self._smpp(run) if self.kind == "smpp" else self._http(run)
            limits = {stage: limit.microseconds / _MICROSECONDS for stage, limit in self.within.items()}
            return await in_stages(run, lambda stages: self._told(talk, stages), limits)
        except LookupError as error:
            return Outcome.error(f"secret: {error.args[0]}")

    async def _told(self, talk: "Talk", stages: Stages) -> Outcome:
        """The outcome of a conversation; a gateway that is busy is degraded, unless it is down for something else."""
        try:
            return await talk(stages)
        except Busy as busy:
            found = list(findings(self.expect, self.degraded, stages, so_far=True))
            return Outcome.judged(found) if is_down(found) else Outcome.degraded(f"{stages.current}: {busy}")
        except HttpError as error:
            is_ours = error.ours or error.stage == "request"
            verdict = Outcome.error if is_ours else Outcome.down
            return verdict(f"{stages.current}: {error}", doubt=error.doubt)

    def _smpp(self, run: ProbeRun) -> "Talk":
        from sla_sms.smpp import check_password, converse

        password = check_password("" if self.password is None else run.secrets.reveal(self.password))
        return lambda stages: converse(self, run, stages, password)

    def _http(self, run: ProbeRun) -> "Talk":
        from sla_sms.choosing import http_gateway
        from sla_sms.web import converse

        submit = self.submit
        message = None if submit is None else ShortMessage(submit.to, submit.from_, submit.text)
        gateway = http_gateway(self, run, message, self.balance)
        return lambda stages: converse(self, gateway, run, stages)

    def _page(self, url: str) -> ApiProbe:
        """An address that is only asked, as the api probe does it."""
        worse = DegradedJson(latency=self.degraded.latency, certificate_days=self.degraded.certificate_days)
        return ApiProbe(
            url=url,
            headers=self.headers,
            verify=self.verify,
            ca_file=self.ca_file,
            expect=self.expect,
            degraded=worse,
        )


Talk = Callable[[Stages], Awaitable[Outcome]]
