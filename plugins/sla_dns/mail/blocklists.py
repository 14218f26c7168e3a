"""Whether lists of senders of unwanted mail (DNSBL, RFC 5782) name an address."""

from ipaddress import ip_address, ip_network

from sla_dns.answers import Unanswered, shortened
from sla_dns.mail.findings import Looking
from sla_dns.names import reverse_name

_CODES = ip_network("127.0.0.0/8")
_REFUSALS = ip_network("127.255.255.0/24")
_MOST_ADDRESSES = 10
_NEVER_LISTED = "127.0.0.1"
"""By RFC 5782, 5; a list that names it names everybody, as those do that have shut down."""
_NOT_LISTED = "not listed"


async def look_at_blocklists(looking: Looking, lists: list[str], senders: list[str]) -> None:
    """Whether any list names an address of a mail host, or one that sends."""
    addresses = list(dict.fromkeys([*senders, *looking.addresses]))[:_MOST_ADDRESSES]
    listed = 0
    for name in lists:
        try:
            if await _codes(looking, _NEVER_LISTED, name):
                looking.unknown(f"blocklist {name}", "it lists everybody, as dead lists do", _NOT_LISTED)
                continue
            for address in addresses:
                listed += await _look_at(looking, address, name)
        except Unanswered as error:
            looking.unanswered(f"blocklist {name}", error, _NOT_LISTED)
    looking.note("blocklists", listed)
    if not addresses:
        looking.unknown("blocklists", "there is no address to look for", _NOT_LISTED)


async def _look_at(looking: Looking, address: str, name: str) -> bool:
    codes = await _codes(looking, address, name)
    what = f"blocklist {name}"
    if not codes:
        looking.good(what, f"{address} is not listed", _NOT_LISTED)
        return False
    if any(ip_address(code) in _REFUSALS for code in codes):
        told = f"it does not answer our resolver ({', '.join(codes)}): ask by a resolver of one's own"
        looking.unknown(what, told, _NOT_LISTED)
        return False
    reasons = (await looking.asker.look_up(_place(address, name), "TXT")).texts
    why = shortened("; ".join(reasons), 150) or ", ".join(codes)
    looking.bad(what, f"{address} is listed: {why}", _NOT_LISTED)
    return True


async def _codes(looking: Looking, address: str, name: str) -> list[str]:
    answer = await looking.asker.look_up(_place(address, name), "A")
    return [text for text in answer.texts if ip_address(text) in _CODES]


def _place(address: str, name: str) -> str:
    labels = reverse_name(ip_address(address)).removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")
    return f"{labels}.{name}"
