"""The hosts that take a domain's mail: that there are some, that each has an address, and a name that leads back."""

from ipaddress import ip_address

from sla_dns.answers import Answer, Unanswered
from sla_dns.mail.findings import Looking
from sla_dns.names import read_address, reverse_name

_MOST_HOSTS = 10
_MOST_ADDRESSES = 4
_A_HOST = "a host that takes mail"
_AN_ADDRESS = "an address that everybody can reach"
_LEADS_BACK = "a name that leads back to it"


async def look_at_hosts(looking: Looking) -> None:
    """Where mail of the domain goes."""
    domain = looking.domain
    try:
        answer = await looking.asker.look_up(domain, "MX")
        hosts = _preferred(answer)
        if answer.code == "NXDOMAIN":
            looking.bad("MX", f"{domain} does not exist", _A_HOST)
            return
        if not hosts and not await _has_address(looking, domain):
            looking.bad(
                "MX", f"there is no MX record, and {domain} has no address either: mail to it is returned", _A_HOST
            )
            return
    except Unanswered as error:
        looking.unanswered("MX", error, _A_HOST)
        return
    looking.note("mx_hosts", len(hosts))
    if hosts == ["."]:
        looking.bad("MX", f"{domain} says that it takes no mail (null MX, RFC 7505)", _A_HOST)
        return
    if not hosts:
        looking.weak("MX", f"there is no MX record: mail goes to the address of {domain} itself", _A_HOST)
        hosts = [domain]
    else:
        looking.good("MX", ", ".join(answer.texts[:_MOST_HOSTS]), _A_HOST)
    if len(hosts) > _MOST_HOSTS:
        looking.weak("MX", f"there are {len(hosts)} hosts, of which some senders try the first few only", _A_HOST)
    for host in hosts[:_MOST_HOSTS]:
        await _look_at_host(looking, host)


async def _has_address(looking: Looking, name: str) -> bool:
    return any([(await looking.asker.look_up(name, kind)).records for kind in ("A", "AAAA")])


def _preferred(answer: Answer) -> list[str]:
    """The hosts, the most preferred first."""
    pairs = [text.partition(" ") for text in answer.texts]
    return [host for _, _, host in sorted(pairs, key=lambda pair: int(pair[0]))]


async def _look_at_host(looking: Looking, host: str) -> None:
    what = f"MX {host}"
    if read_address(host) is not None:
        looking.bad(what, "this is an address, and must be a name", _AN_ADDRESS)
        return
    try:
        answers = [await looking.asker.look_up(host, kind) for kind in ("A", "AAAA")]
    except Unanswered as error:
        looking.unanswered(what, error, _AN_ADDRESS)
        return
    addresses = [text for answer in answers for text in answer.texts][:_MOST_ADDRESSES]
    if answers[0].aliases:
        looking.weak(what, f"this is an alias of {answers[0].aliases[-1]}, which mail hosts must not be", _AN_ADDRESS)
    hidden = [text for text in addresses if not ip_address(text).is_global]
    if not addresses:
        looking.bad(what, f"{host} has no address ({answers[0].meaning})", _AN_ADDRESS)
    elif len(hidden) == len(addresses):
        looking.bad(what, f"{', '.join(hidden)} cannot be reached from outside", _AN_ADDRESS)
    else:
        looking.good(what, ", ".join(addresses), _AN_ADDRESS)
    public = [text for text in addresses if text not in hidden]
    looking.addresses += [text for text in public if text not in looking.addresses]
    for address in public:
        await _look_at_name(looking, address)


async def _look_at_name(looking: Looking, address: str) -> None:
    """Many receivers refuse mail of an address without a name, or whose name is not its own."""
    what, ip = f"PTR of {address}", ip_address(address)
    try:
        names = (await looking.asker.look_up(reverse_name(ip), "PTR")).texts[:_MOST_ADDRESSES]
        kind = "AAAA" if ip.version == 6 else "A"
        back = [name for name in names if address in (await looking.asker.look_up(name, kind)).texts]
    except Unanswered as error:
        looking.weak(what, f"nobody tells it: {error}", _LEADS_BACK)
        return
    if not names:
        looking.weak(what, "there is none: many receivers refuse mail of an address without a name", _LEADS_BACK)
    elif not back:
        looking.weak(what, f"{names[0]} does not lead back to {address}", _LEADS_BACK)
    else:
        looking.good(what, back[0], _LEADS_BACK)
