"""Does a gateway for short messages take traffic? Over SMPP 3.4, or by asking its HTTP interface."""

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from sla_api.probe import ApiProbe, ExpectJson
from sla_engine.plugin import Outcome, Port, Probe, ProbeRun, Secret, Stages, in_stages
from sla_sms.session import THROTTLED, Refused, Session

_SMPP = Port(2775)
_LONGEST_PASSWORD = 8


@frozen
class SmsProbe(Probe):
    """Bind to a gateway over SMPP and ask whether it is alive; or, with a url, ask its HTTP interface.

    Stages over SMPP: connect, bind, enquire_link, unbind. A gateway that throttles is degraded: it is there, and busy.
    """

    host: str | None = None  # SMPP: name or address of the gateway
    port: Port = _SMPP  # SMPP: its port
    system_id: str = ""  # SMPP: who binds
    password: Secret | None = None  # SMPP: with what
    system_type: str = ""  # SMPP: as the gateway wants it
    bind: Literal["transmitter", "receiver", "transceiver"] = "transceiver"  # SMPP: in which mode
    url: str | None = None  # HTTP: address to ask
    headers: Mapping[str, str | Secret] = field(factory=dict)  # HTTP: further headers
    expect: ExpectJson = ExpectJson()  # HTTP: what the answer must be like

    def __attrs_post_init__(self) -> None:
        if (self.host is None) == (self.url is None):
            raise ValueError("a gateway is asked over SMPP by its host, or over HTTP by its url: give one of them")
        for name, longest in (("system_id", 15), ("system_type", 12)):
            value = getattr(self, name)
            if len(value) > longest or not value.isascii():
                raise ValueError(f"{name} has at most {longest} ASCII characters in SMPP 3.4")

    async def run(self, run: ProbeRun) -> Outcome:
        if self.url is not None:
            return await ApiProbe(url=self.url, headers=self.headers, expect=self.expect).run(run)
        try:
            password = "" if self.password is None else run.secrets.reveal(self.password)
        except LookupError as error:
            return Outcome.error(f"secret: {error.args[0]}")
        if len(password) > _LONGEST_PASSWORD or not password.isascii():
            return Outcome.error(f"secret: a password has at most {_LONGEST_PASSWORD} ASCII characters in SMPP 3.4")
        return await in_stages(run, lambda stages: self._converse(run, stages, password))

    async def _converse(self, run: ProbeRun, stages: Stages, password: str) -> Outcome:
        from aiosmpplib import EnquireLink, Unbind

        assert self.host is not None
        async with stages.stage("connect"):
            session = Session(*await run.connect(self.host, self.port))
        try:
            try:
                async with stages.stage("bind"):
                    answer = await session.ask(self._bind_message(password))
                    stages.saw(f"bound to {answer.body.split(bytes(1))[0].decode('ascii', 'replace')!r}")
                async with stages.stage("enquire_link"):
                    await session.ask(EnquireLink())
            except Refused as refused:
                if refused.status == THROTTLED:
                    return Outcome.degraded(f"{stages.current}: {refused}")
                raise
            async with stages.stage("unbind"):
                try:
                    await session.ask(Unbind())
                except (EOFError, ConnectionError):  # the session is over all the same, and traffic was taken
                    stages.saw("closed without an answer")
        finally:
            session.close()
        return Outcome.up()

    def _bind_message(self, password: str) -> object:
        from aiosmpplib import BindReceiver, BindTransceiver, BindTransmitter

        modes = {"transmitter": BindTransmitter, "receiver": BindReceiver, "transceiver": BindTransceiver}
        return modes[self.bind](system_id=self.system_id, password=password, system_type=self.system_type)
