"""The words of what was found: each finding names what to mend, so that it can be passed on to whoever has the zone."""

from attrs import define, field

from sla_dns.answers import Unanswered
from sla_dns.asking import Asker
from sla_engine.plugin import Doubt, Finding, State
from sla_engine.plugin.stages import Stages


@define
class Looking:
    """Looks at one domain, and keeps what it finds.

    Attributes:
        domain: in lower case.
        addresses: of its mail hosts, as they turn up.
        doubt: whether some question had no answer for which our own network may be the cause.
    """

    domain: str
    asker: Asker
    stages: Stages
    findings: list[Finding] = field(factory=list)
    addresses: list[str] = field(factory=list)
    doubt: Doubt | None = None

    def good(self, what: str, seen: str, expected: str) -> None:
        """Something is as it should be."""
        self.findings.append(Finding(what, expected, seen))

    def bad(self, what: str, seen: str, expected: str) -> None:
        """Something keeps mail from arriving."""
        self.findings.append(Finding(what, expected, seen, State.DOWN))

    def weak(self, what: str, seen: str, expected: str) -> None:
        """Something is worse than it should be."""
        self.findings.append(Finding(what, expected, seen, State.DEGRADED))

    def unknown(self, what: str, seen: str, expected: str) -> None:
        """Nobody can tell."""
        self.findings.append(Finding(what, expected, seen, State.ERROR))

    def unanswered(self, what: str, error: Unanswered, expected: str) -> None:
        """A question had no answer: bad where the records are to blame, else unknown."""
        if error.is_certain:
            self.bad(what, str(error), expected)
            return
        self.doubt = self.doubt or error.doubt
        self.unknown(what, f"not known: {error}", expected)

    def suspect(self) -> None:
        """Our own resolver may be to blame; of one that a policy names, our controls know nothing."""
        if self.asker.is_ours:
            self.doubt = Doubt.RESOLVER

    def note(self, name: str, value: float) -> None:
        """Keep a number worth plotting."""
        self.stages.values[name] = value
