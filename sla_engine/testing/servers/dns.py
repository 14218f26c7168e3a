"""A real nameserver that can be told to fail, to lie and to go round in circles, and that shows what it was asked."""

import asyncio
import ssl
from collections.abc import Collection
from typing import Literal, TypeAlias, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.node
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.zone
from attrs import frozen

from sla_engine.testing.servers.thread import LoopbackServer

Transport: TypeAlias = Literal["udp", "tcp"]
Trouble: TypeAlias = Literal[
    "servfail",  # the code of a resolver that finds out nothing
    "refused",
    "nxdomain",
    "silent",  # no answer at all
    "truncated",  # over UDP nothing but that there is more; over TCP the answer
    "always-truncated",  # so over TCP, too
    "wrong-id",  # forged answers alone, whose id is wrong
    "forged",  # forged answers with wrong ids, another question and garbage, and then the true one
    "garbage",  # what is no message of DNS
    "rebinding",  # another address at each answer, good for no time
    "bogus",  # SERVFAIL, unless the check of signatures is turned off
]
_CHUNK = 255
_LARGEST = 65_535
_UDP_WITHOUT_EDNS = 512
_FORGED = "192.0.2.66"
_REBOUND = ("192.0.2.1", "127.0.0.1")


@frozen
class Asked:
    """A question that came."""

    name: str
    type: str
    transport: Transport


def txt(content: str | bytes) -> str:
    """A text as a zone file holds it: in strings of at most 255 bytes each."""
    octets = content.encode() if isinstance(content, str) else content
    chunks = [octets[start : start + _CHUNK] for start in range(0, len(octets), _CHUNK)] or [b""]
    return " ".join(f'"{"".join(_escaped(octet) for octet in chunk)}"' for chunk in chunks)


def _escaped(octet: int) -> str:
    plain = 0x20 <= octet < 0x7F and chr(octet) not in '"\\;'
    return chr(octet) if plain else f"\\{octet:03d}"


class DnsServer(LoopbackServer):
    """A nameserver on loopback: UDP and TCP on one port, or with a ``context`` UDP and TLS.

    It is the authority of its zones, and follows aliases from one to the other as a resolver does; of all other names
    it says that it refuses to tell.

    Attributes:
        asked: the questions that came, in order.
        signed: names of zones whose answers it vouches for (AD), to whoever wants to know.
        authoritative: whether it says to be the authority.
        delay: seconds before each answer.
    """

    def __init__(self, *zones: str, context: ssl.SSLContext | None = None, port: int = 0) -> None:
        """Set up.

        Args:
            zones: each in the form of a zone file that begins with ``$ORIGIN``; what it leaves out of SOA and NS is
                made up.
            context: what it presents, as from `LocalAuthority.server_context`.
            port: 0 for any.
        """
        super().__init__(port)
        self.asked: list[Asked] = []
        self.signed: Collection[str] = ()
        self.authoritative = True
        self.delay = 0.0
        self._zones: dict[dns.name.Name, dns.zone.Zone] = {}
        self._troubles: dict[tuple[dns.name.Name, str | None], Trouble] = {}
        self._context = context
        self._udp: asyncio.DatagramTransport | None = None
        self._answers = 0
        for zone in zones:
            self.serve(zone)

    def serve(self, text: str) -> None:
        """Serve a zone from now on, in place of one of the same name."""
        zone = _zone(text)
        self._zones = {**self._zones, cast(dns.name.Name, zone.origin): zone}

    def serve_only(self, *texts: str) -> None:
        """Serve these zones from now on and no others, and be in no trouble."""
        zones = [_zone(text) for text in texts]
        self._zones = {cast(dns.name.Name, zone.origin): zone for zone in zones}
        self.mend()

    def break_(self, name: str, trouble: Trouble, kind: str | None = None) -> None:
        """Be in trouble with a name from now on, or with one type of its records; with ``.`` all names are meant."""
        self._troubles[dns.name.from_text(name), kind] = trouble

    def mend(self) -> None:
        """Be in no trouble."""
        self._troubles.clear()

    async def _listen(self, port: int) -> asyncio.Server:
        server = await asyncio.start_server(self._converse, self.host, port, ssl=self._context)
        chosen = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        try:
            self._udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), (self.host, chosen))
        except OSError:  # another process has the UDP port of that number
            server.close()
            if port:
                raise
            return await self._listen(0)
        return server

    async def _close(self) -> None:
        if self._udp is not None:
            self._udp.close()
            self._udp = None
        await super()._close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer.transport)
        try:
            while True:
                length = int.from_bytes(await reader.readexactly(2), "big")
                for answer in await self._answer(await reader.readexactly(length), "tcp"):
                    writer.write(len(answer).to_bytes(2, "big") + answer)
                    await writer.drain()
        except (OSError, EOFError):
            return
        finally:
            self._connections.discard(writer.transport)
            writer.close()

    async def _answer(self, wire: bytes, transport: Transport) -> list[bytes]:
        """What is sent for a question: nothing, one message, or several."""
        try:
            query = dns.message.from_wire(wire)
            question = query.question[0]
        except (dns.exception.DNSException, IndexError):
            return []
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append(Asked(question.name.to_text(omit_final_dot=True).lower(), kind, transport))
        await asyncio.sleep(self.delay)
        return self._messages(query, self._trouble(question.name, kind), transport)

    def _messages(self, query: dns.message.Message, trouble: Trouble | None, transport: Transport) -> list[bytes]:
        answer = self._compose(query, trouble)
        whole = _wire(answer, query, transport)
        if trouble == "always-truncated" or (trouble == "truncated" and transport == "udp"):
            return [_cut(answer)]
        forged = _forgeries(query)
        unusual: dict[str | None, list[bytes]] = {
            "silent": [],
            "garbage": [b"\x00" * 7],
            "wrong-id": forged[:1],
            "forged": [*forged, whole],
        }
        return unusual.get(trouble, [whole])

    def _trouble(self, name: dns.name.Name, kind: str) -> Trouble | None:
        everything = dns.name.root
        places = ((name, kind), (name, None), (everything, kind), (everything, None))
        return next((self._troubles[place] for place in places if place in self._troubles), None)

    def _compose(self, query: dns.message.Message, trouble: Trouble | None) -> dns.message.Message:
        answer = dns.message.make_response(query, recursion_available=True)
        checks = not query.flags & dns.flags.CD
        codes = {"servfail": dns.rcode.SERVFAIL, "refused": dns.rcode.REFUSED, "nxdomain": dns.rcode.NXDOMAIN}
        if trouble in codes:
            answer.set_rcode(codes[trouble])
        elif trouble == "bogus" and checks:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif trouble == "rebinding":
            question = query.question[0]
            address = _REBOUND[self._answers % len(_REBOUND)]
            self._answers += 1
            answer.answer.append(dns.rrset.from_text(question.name, 0, "IN", "A", address))
        else:
            self._look_up(query, answer)
        return answer

    def _look_up(self, query: dns.message.Message, answer: dns.message.Message) -> None:
        """Answer from the zones, following aliases as far as they lead, and no further than eight steps."""
        question = query.question[0]
        name, code = question.name, dns.rcode.REFUSED
        for _ in range(8):
            zone = self._zone_of(name)
            if zone is None:
                break
            if self.authoritative:
                answer.flags |= dns.flags.AA
            self._vouch(query, answer, zone)
            node = _node(zone, name)
            found = None if node is None else _records(node, name, question.rdtype)
            alias = None if node is None else _records(node, name, dns.rdatatype.CNAME)
            code = dns.rcode.NXDOMAIN if node is None else dns.rcode.NOERROR
            if found is None and alias is not None:
                answer.answer.append(alias)
                name = alias[0].target
                continue
            if found is not None:
                answer.answer.append(found)
            else:
                answer.authority.append(zone.find_rrset(cast(dns.name.Name, zone.origin), dns.rdatatype.SOA))
            break
        answer.set_rcode(dns.rcode.NOERROR if answer.answer and code == dns.rcode.REFUSED else code)

    def _vouch(self, query: dns.message.Message, answer: dns.message.Message, zone: dns.zone.Zone) -> None:
        wants = query.flags & dns.flags.AD or query.ednsflags & dns.flags.DO
        if wants and cast(dns.name.Name, zone.origin).to_text(omit_final_dot=True) in self.signed:
            answer.flags |= dns.flags.AD

    def _zone_of(self, name: dns.name.Name) -> dns.zone.Zone | None:
        found = [origin for origin in self._zones if name.is_subdomain(origin)]
        return self._zones[max(found, key=len)] if found else None


class _Datagrams(asyncio.DatagramProtocol):
    """UDP: each question is answered beside the others."""

    def __init__(self, owner: DnsServer) -> None:
        self._owner = owner
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        for task in self._tasks:
            task.cancel()

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        task = asyncio.create_task(self._respond(data, address))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _respond(self, data: bytes, address: tuple[str, int]) -> None:
        for answer in await self._owner._answer(data, "udp"):
            self._transport.sendto(answer, address)


def _zone(text: str) -> dns.zone.Zone:
    lines = text.strip().splitlines()
    origin = next(line.split()[1] for line in lines if line.upper().startswith("$ORIGIN"))
    if not any(line.upper().startswith("$TTL") for line in lines):
        lines.insert(0, "$TTL 300")
    if not any(" SOA " in line for line in lines):
        lines.append("@ SOA ns hostmaster 2026010100 7200 3600 1209600 300")
    if not any(" NS " in line for line in lines):
        lines.append("@ NS ns")
    return dns.zone.from_text("\n".join(lines) + "\n", origin=origin, relativize=False)


def _node(zone: dns.zone.Zone, name: dns.name.Name) -> dns.node.Node | None:
    """What a name holds, or the wildcard beside it; an empty one where there are only names below it; else None."""
    if (own := zone.get_node(name)) is not None:
        return own
    if any(below.is_subdomain(name) for below in zone):
        return dns.node.Node()  # type: ignore[no-untyped-call]
    parent = name
    while parent != zone.origin:
        parent = parent.parent()
        if (wildcard := zone.get_node(dns.name.Name((b"*", *parent.labels)))) is not None:
            return wildcard
        if any(one.is_subdomain(parent) for one in zone):
            return None
    return None


def _records(node: dns.node.Node, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> dns.rrset.RRset | None:
    found = node.get_rdataset(dns.rdataclass.IN, kind)
    return None if found is None else dns.rrset.from_rdata_list(name, found.ttl, list(found))


def _wire(answer: dns.message.Message, query: dns.message.Message, transport: Transport) -> bytes:
    """The answer as it is sent: cut where it does not fit."""
    room = _LARGEST if transport == "tcp" else max(query.payload, _UDP_WITHOUT_EDNS)
    try:
        return answer.to_wire(max_size=room)
    except dns.exception.TooBig:
        return _cut(answer)


def _cut(answer: dns.message.Message) -> bytes:
    answer.flags |= dns.flags.TC
    answer.answer, answer.authority = [], []
    return answer.to_wire()


def _forgeries(query: dns.message.Message) -> list[bytes]:
    """Answers as somebody sends them who does not see the question: another id, another question, garbage."""
    lie = dns.rrset.from_text(query.question[0].name, 300, "IN", "A", _FORGED)
    wrong_id = dns.message.make_response(query)
    wrong_id.id = query.id ^ 0x5555
    wrong_id.answer.append(lie)
    other = dns.message.make_response(dns.message.make_query("other.example.", query.question[0].rdtype, id=query.id))
    other.answer.append(lie)
    cut = dns.message.make_response(query)
    cut.id = query.id ^ 0x5555
    cut.flags |= dns.flags.TC
    return [wrong_id.to_wire(), other.to_wire(), query.id.to_bytes(2, "big") + b"\x81\x80\xff", cut.to_wire()]
