"""From a message of DNS to what it says."""

from dns import flags, rcode
from dns.message import ChainTooLong, Message, QueryMessage
from dns.rdatatype import RRSIG

from sla_dns.answers import Answer, Unanswered
from sla_dns.names import told


def read_answer(message: Message, name: str, kind: str, server: str) -> Answer:
    """What a message says.

    Raises:
        Unanswered: its aliases lead nowhere.
    """
    assert isinstance(message, QueryMessage)
    try:
        chain = message.resolve_chaining()
    except ChainTooLong:
        raise Unanswered(f"the aliases of {name} lead on and on, or in a circle", is_certain=True) from None
    aliases = tuple(told(alias[0].target) for alias in chain.cnames)
    return Answer(
        name=name,
        kind=kind,
        code=rcode.to_text(message.rcode()),
        records=tuple(chain.answer or ()),
        ttl=chain.minimum_ttl if chain.answer else None,
        aliases=aliases,
        is_authoritative=bool(message.flags & flags.AA),
        is_vouched_for=bool(message.flags & flags.AD),
        is_signed=any(rrset.rdtype == RRSIG for rrset in message.answer),
        size=len(message.wire or b""),
        server=server,
    )
