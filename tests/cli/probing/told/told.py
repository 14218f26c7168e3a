"""A plugin whose probe finds what its check says, so that every number of the output is known."""

from attrs import define, field

from sla_engine.plugin import Doubt, Finding, Outcome, Probe, ProbeRun, State, hookimpl


@define
class ToldProbe(Probe):
    """Find what the check says."""

    findings: list[str] = field(factory=list)  # as "down|status|503|2xx"
    phases: dict[str, float] = field(factory=dict)  # seconds
    values: dict[str, float] = field(factory=dict)
    evidence: str = ""
    dialogue: list[str] = field(factory=list)
    doubt: str | None = None
    error: str | None = None

    def run(self, run: ProbeRun) -> Outcome:
        if run.trace is not None:
            for line in self.dialogue:
                run.trace(line)
        if self.error is not None:
            return Outcome.error(self.error)
        if self.doubt is not None:
            return Outcome.down("connect: connection timed out", phases=self.phases, doubt=Doubt(self.doubt))
        findings = [_finding(*line.split("|")) for line in self.findings]
        return Outcome.judged(findings, phases=self.phases, values=self.values, evidence=self.evidence)


def _finding(state: str, what: str, seen: str, expected: str) -> Finding:
    return Finding(what, expected, seen, State(state))


@hookimpl
def sla_probes() -> dict[str, type[Probe]]:
    return {"told": ToldProbe}
