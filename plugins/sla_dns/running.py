"""One run of the probe: whom to ask, what was answered, and what that means."""

import ssl
from collections.abc import Iterator
from itertools import chain

from sla_dns.answers import Answer, Unanswered, shortened
from sla_dns.asking import Asker
from sla_dns.expectations import findings, listed
from sla_dns.mail.dnssec import is_bogus
from sla_dns.mail.looking import look_at_mail
from sla_dns.names import read_address, reverse_name
from sla_dns.probe import DnsProbe
from sla_dns.servers import find_servers, own_servers
from sla_engine.plugin import Doubt, Finding, Outcome, ProbeRun, State
from sla_engine.plugin.stages import Stages

_MOST_TOLD = 20


async def talk(probe: DnsProbe, run: ProbeRun, stages: Stages, context: ssl.SSLContext | None) -> Outcome:
    """Ask, and judge."""
    try:
        if probe.mail is not None:
            return await look_at_mail(probe.mail, await _asker(probe, run, stages, context, probe.server), stages)
        return await _ask(probe, run, stages, context)
    except Unanswered as error:
        is_ours = probe.server is None or stages.current == "resolve"
        verdict = Outcome.error if is_ours and not error.is_certain else Outcome.down
        return verdict(f"{stages.current}: {error}", doubt=error.doubt)


async def _asker(
    probe: DnsProbe, run: ProbeRun, stages: Stages, context: ssl.SSLContext | None, server: str | None
) -> Asker:
    """Who asks a server, or this machine's own where none is named."""
    async with stages.stage("resolve"):
        servers = own_servers() if server is None else await find_servers(run, server, probe.port)
    asker = Asker(run, servers, probe.transport, server is None, probe.recursion, context)
    if probe.name is not None:
        asker.patience = run.remaining()
        asker.timed = stages.stage
    return asker


async def _ask(probe: DnsProbe, run: ProbeRun, stages: Stages, context: ssl.SSLContext | None) -> Outcome:
    assert probe.name is not None
    asker = await _asker(probe, run, stages, context, probe.server)
    address = read_address(probe.name)
    name = probe.name if address is None else reverse_name(address)
    answer = await asker.ask(name, probe.type)
    _keep(answer, stages)
    expects = {probe.expect.rcode, probe.degraded.rcode}
    if answer.code == "SERVFAIL" and answer.code not in expects and await is_bogus(asker, name, probe.type):
        told = "bogus: the signatures of the zone are wrong, so that resolvers that check them give no answer"
        return Outcome.judged([Finding("DNSSEC", "signatures that hold", told, State.DOWN)])
    if asker.is_ours and answer.code not in {"NOERROR", "NXDOMAIN", *expects}:
        reason = f"{stages.current}: {answer.server} answers {answer.meaning}"
        return Outcome.error(reason, doubt=Doubt.RESOLVER)
    took = sum(stages.phases.values())
    found = findings(probe.expect, answer, took)
    worse = findings(probe.degraded, answer, took, State.DEGRADED)
    agreeing = []
    for other in probe.others:
        async with stages.stage("agree"):
            agreeing.append(await _agrees(probe, run, answer, name, other, context))
    return Outcome.judged(chain(found, worse, agreeing))


def _keep(answer: Answer, stages: Stages) -> None:
    """What is worth plotting, and what was seen."""
    stages.values["records"] = len(answer.records)
    stages.values["answer_bytes"] = answer.size
    if answer.ttl is not None:
        stages.values["ttl"] = answer.ttl
    if answer.kind == "SOA" and answer.records:
        stages.values["serial"] = int(getattr(answer.records[0], "serial", 0))
    stages.evidence += _evidence(answer)


def _evidence(answer: Answer) -> Iterator[str]:
    flags = ", authoritative" if answer.is_authoritative else ""
    flags += ", signatures checked" if answer.is_vouched_for else ""
    yield f"{answer.server} answered {answer.code}{flags}, {answer.size} bytes"
    for name, alias in zip((answer.name, *answer.aliases), answer.aliases, strict=False):
        yield f"{name} is an alias of {alias}"
    name = answer.aliases[-1] if answer.aliases else answer.name
    for text in answer.texts[:_MOST_TOLD]:
        yield f"{name} {answer.ttl} {answer.kind} {shortened(text)}"


async def _agrees(
    probe: DnsProbe, run: ProbeRun, answer: Answer, name: str, other: str, context: ssl.SSLContext | None
) -> Finding:
    """Whether another nameserver gives the same records."""
    what = f"{answer.kind} records of {other}"
    expected = f"the same as of {answer.server}, {listed(answer.texts)}"
    try:
        asker = Asker(run, await find_servers(run, other, probe.port), probe.transport, False, probe.recursion, context)
        heard = await asker.ask(name, probe.type)
    except Unanswered as error:
        return Finding(what, expected, str(error), State.DOWN)
    is_same = (heard.code, heard.texts) == (answer.code, answer.texts)
    seen = listed(heard.texts) if heard.code == "NOERROR" else heard.meaning
    return Finding(what, expected, seen, State.UP if is_same else State.DOWN)
