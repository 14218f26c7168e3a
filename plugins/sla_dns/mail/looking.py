"""Looks at everything that mail of a domain needs, one thing after the other."""

from attrs import evolve

from sla_dns.asking import Asker
from sla_dns.mail.blocklists import look_at_blocklists
from sla_dns.mail.dnssec import look_at_dnssec
from sla_dns.mail.findings import Looking
from sla_dns.mail.hosts import look_at_hosts
from sla_dns.mail.keys import Mail, listed
from sla_dns.mail.receivers import look_at_dmarc
from sla_dns.mail.senders import look_at_spf
from sla_dns.mail.signatures import look_at_dkim
from sla_engine.plugin import Outcome, State
from sla_engine.plugin.stages import Stages


async def look_at_mail(mail: Mail, asker: Asker, stages: Stages) -> Outcome:
    """The outcome for a domain; where nobody can tell something, the doubt is the resolver's."""
    looking = Looking(mail.name, asker, stages)
    async with stages.stage("dnssec"):
        await look_at_dnssec(looking, must_be=mail.dnssec)
    signatures, looking.findings = looking.findings, []  # looked at first, and told last
    if mail.mx:
        async with stages.stage("mx"):
            await look_at_hosts(looking)
    if mail.spf:
        async with stages.stage("spf"):
            await look_at_spf(looking, mail.spf_wish)
    if mail.dkim:
        async with stages.stage("dkim"):
            await look_at_dkim(looking, mail.selectors)
    if mail.dmarc:
        async with stages.stage("dmarc"):
            await look_at_dmarc(looking, mail.dmarc_wish)
    if mail.blocklists:
        async with stages.stage("blocklists"):
            await look_at_blocklists(looking, mail.blocklists, listed(mail.spf_wish.ip))
    looking.note("questions", asker.questions)
    stages.evidence.append(f"{mail.name}: {asker.questions} questions, {asker.octets:,} bytes of answers")
    outcome = Outcome.judged([*looking.findings, *signatures])
    is_partly_unknown = any(finding.state is State.ERROR for finding in outcome.findings)
    return evolve(outcome, doubt=looking.doubt) if is_partly_unknown else outcome
