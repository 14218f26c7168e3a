"""Who may send mail of the domain, by its SPF record."""

from ipaddress import ip_address

from sla_dns.answers import shortened
from sla_dns.mail.findings import Looking
from sla_dns.mail.keys import Spf, listed
from sla_dns.names import check_name
from sla_dns.spf.evaluating import MOST_LOOKUPS, SpfResult, check_host

_LARGEST = 1232
"""Bytes of an answer that passes over UDP in one piece everywhere (DNS Flag Day 2020)."""
_A_RECORD = "a record that says who may send"
_TO_OTHERS = {
    "fail": "receivers refuse mail of all others (-all)",
    "softfail": "receivers suspect mail of all others (~all)",
    "neutral": "receivers are told nothing of all others (?all)",
}


async def look_at_spf(looking: Looking, wish: Spf) -> None:
    """Whether receivers can evaluate the record, and what it says to those whom it does not name."""
    result = await check_host(looking.asker, looking.domain, None)
    looking.note("spf_lookups", result.lookups)
    looking.note("spf_void_lookups", result.voids)
    _judge(looking, result)
    if result.result in {"none", "permerror", "temperror"}:
        return
    for domain in listed(wish.includes):
        name = check_name("includes", domain)
        tell = looking.good if name in result.domains[1:] else looking.bad
        there = ", ".join(result.domains[1:]) or "nothing"
        tell("SPF", f"the record includes {there}", f"include:{name}")
    for address in listed(wish.ip):
        await _look_at_sender(looking, address)


def _judge(looking: Looking, result: SpfResult) -> None:
    domain = looking.domain
    if result.result == "none":
        looking.bad("SPF", f"{result.reason}: receivers cannot tell whose mail is genuine", _A_RECORD)
    elif result.result == "permerror":
        looking.bad("SPF", f"permerror: {result.reason}", _A_RECORD)
    elif result.result == "temperror":
        looking.suspect()
        looking.unknown("SPF", f"temperror: {result.reason}", _A_RECORD)
    elif result.result == "pass":
        looking.bad("SPF", f"{result.reason} lets everybody send mail of {domain}: end the record with -all", _A_RECORD)
    else:
        others = _TO_OTHERS[result.result]
        told = f"{others}; {result.lookups} look-ups of {MOST_LOOKUPS}: {shortened(result.record or '')}"
        tell = looking.weak if result.result == "neutral" else looking.good
        tell("SPF", told, _A_RECORD)
    if result.uses_ptr:
        looking.weak("SPF", "ptr is slow and must not be used (RFC 7208, 5.5): name the addresses", _A_RECORD)
    if result.record is not None and len(result.record) > _LARGEST:
        told = f"the record has {len(result.record):,} bytes, which some receivers do not read: shorten it"
        looking.weak("SPF", told, f"at most {_LARGEST:,} bytes")


async def _look_at_sender(looking: Looking, address: str) -> None:
    result = await check_host(looking.asker, looking.domain, ip_address(address))
    tell = looking.good if result.result == "pass" else looking.bad
    if result.result == "temperror":
        looking.suspect()
        tell = looking.unknown
    tell("SPF", f"{address} gets {result.result}: {result.reason}", "pass")
