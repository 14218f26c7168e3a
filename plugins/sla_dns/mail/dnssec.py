"""Whether a zone's signatures hold, by the word of the resolver, which checks them."""

from typing import Literal, TypeAlias

from sla_dns.answers import Unanswered
from sla_dns.asking import Asker
from sla_dns.mail.findings import Looking

Signed: TypeAlias = Literal["secure", "unchecked", "insecure", "bogus", "missing"]
_WORDS: dict[Signed, str] = {
    "secure": "the zone is signed, and the resolver vouches for it",
    "unchecked": "the zone is signed, but the resolver does not vouch for it",
    "insecure": "the zone is not signed",
    "missing": "there is no such zone",
    "bogus": "the signatures of the zone are wrong: resolvers that check them give no answer at all",
}
_HOLDS = "signatures that hold"


async def signed_state(asker: Asker, domain: str) -> Signed:
    """How a name's zone is signed.

    Raises:
        Unanswered: nobody knows.
    """
    if await is_bogus(asker, domain, "SOA"):
        return "bogus"
    if (await asker.look_up(domain, "SOA")).code == "NXDOMAIN":
        return "missing"
    answer = await asker.ask(domain, "SOA", signatures=True)
    if answer.is_vouched_for:
        return "secure"
    return "unchecked" if answer.is_signed else "insecure"


async def is_bogus(asker: Asker, name: str, kind: str) -> bool:
    """Whether a resolver refuses an answer that it gives as soon as it need not check it."""
    answer = await asker.ask(name, kind)
    return answer.code == "SERVFAIL" and (await asker.ask(name, kind, checks=False)).code in {"NOERROR", "NXDOMAIN"}


async def look_at_dnssec(looking: Looking, *, must_be: bool) -> None:
    """How the domain is signed."""
    try:
        state = await signed_state(looking.asker, looking.domain)
    except Unanswered as error:
        if must_be:
            looking.unanswered("DNSSEC", error, _HOLDS)
        return
    if state == "bogus":
        looking.asker.checks = False  # so that the rest can be looked at
    if state == "bogus" or (must_be and state != "secure"):
        looking.bad("DNSSEC", _WORDS[state], _HOLDS)
    else:
        looking.good("DNSSEC", _WORDS[state], _HOLDS if must_be else "no wrong signatures")
