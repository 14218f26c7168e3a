"""What does a name say, and can a domain's mail be delivered? Asked of nameservers, and held against expectations."""

from typing import Literal

from attrs import field, frozen

from sla_dns.expectations import Degraded, Expect, normal
from sla_dns.mail.keys import Mail
from sla_dns.names import Kind, check_name, parse_server, read_address
from sla_engine.plugin import Outcome, Probe, ProbeRun, in_stages
from sla_engine.plugin.tls import client_context

_PORT, _TLS_PORT = 53, 853
_RECORDS = ("values", "contains", "any_of", "none_of")


@frozen
class DnsProbe(Probe):
    """Ask for a name, or look at everything that mail of a domain needs.

    Stages: resolve (the server's name), connect, tls, query, agree; for mail dnssec, mx, spf, dkim, dmarc, blocklists.
    A name that does not exist is down; a resolver of ours that finds out nothing is an error.
    """

    name: str | None = None  # what to ask for: a name, or with type = "PTR" an address
    type: Kind = "A"  # kind of record
    mail: Mail | None = None  # or a domain whose mail must be deliverable
    server: str | None = None  # nameserver to ask, with its port where it is not 53 (TLS: 853); default: the system's
    transport: Literal["udp", "tcp", "tls"] = "udp"  # how to ask; what is too long for UDP is asked for over TCP
    verify: bool = True  # with TLS, whether the certificate must be valid for the server
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)
    recursion: bool = True  # whether the server is to find out what it does not know
    agree: str | list[str] = field(factory=list)  # further nameservers that must give the same records
    expect: Expect = field(factory=Expect)  # what the answer must be like; otherwise it is down
    degraded: Degraded = field(factory=Degraded)  # what makes an answer that is up degraded where it is not met

    def __attrs_post_init__(self) -> None:
        if (self.name is None) == (self.mail is None):
            raise ValueError("give the name to ask for, or mail = { domain = ... }: one of them")
        for server in [*([self.server] if self.server else []), *self.others]:
            parse_server(server, self.port)
        if self.transport == "tls" and self.server is None:
            raise ValueError('transport = "tls" needs the server to ask')
        if self.name is not None:
            self._check_name(self.name)
        elif self.others or self.expect != Expect() or self.degraded != Degraded():
            raise ValueError("agree, expect and degraded are for a name: what mail needs is said under mail")

    def _check_name(self, name: str) -> None:
        if read_address(name) is None:
            check_name("name", name)
        elif self.type != "PTR":
            raise ValueError('name is an address, whose name is asked for with type = "PTR"')
        for side in (self.expect, self.degraded):
            for key in _RECORDS:
                if (written := getattr(side, key)) is not None:
                    normal(written, self.type)

    @property
    def port(self) -> int:
        """The usual port of the transport."""
        return _TLS_PORT if self.transport == "tls" else _PORT

    @property
    def others(self) -> list[str]:
        """The nameservers that must agree."""
        return [self.agree] if isinstance(self.agree, str) else self.agree

    async def run(self, run: ProbeRun) -> Outcome:
        from sla_dns.running import talk  # what it needs is wanted only where a probe runs

        try:
            context = client_context(verify=self.verify, ca_file=self.ca_file) if self.transport == "tls" else None
        except OSError as error:
            return Outcome.error(f"ca_file {self.ca_file}: {error.strerror or error}")
        return await in_stages(run, lambda stages: talk(self, run, stages, context))
