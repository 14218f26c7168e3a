"""Asking nameservers: over UDP, TCP or TLS, each address by leave of the guard, and never more than is reasonable.

Over UDP whatever is not the answer to the question is passed over and listened on: a forged packet that comes first
must neither be believed nor end the waiting (CVE-2023-29483).
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, Literal, TypeAlias

from attrs import define, evolve, field, frozen
from dns import flags
from dns.asyncbackend import get_default_backend
from dns.asyncquery import udp
from dns.exception import DNSException
from dns.message import Message, Truncated, from_wire, make_query
from dns.rcode import REFUSED, SERVFAIL

from sla_dns.answers import Answer, Unanswered, shortened
from sla_dns.names import check_name, read_name
from sla_dns.reading import read_answer
from sla_engine.plugin import Doubt, ProbeRun
from sla_engine.plugin.stages import describe, doubt_of

Transport: TypeAlias = Literal["udp", "tcp", "tls"]
_HEAD_START = 0.15  # before the probe's own deadline, as only here it is known who was asked what
_IMPATIENCE = 1.0  # seconds, once nobody has answered
_MOST_ALIASES = 8
_MOST_TOLD = 20
_PAYLOAD = 1232  # bytes that pass over UDP in one piece everywhere


@frozen
class Server:
    """A nameserver.

    Attributes:
        address: numeric.
        name: by which TLS knows it.
    """

    address: str
    port: int
    name: str

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


def _untimed(_stage: str) -> AbstractAsyncContextManager[None]:
    return nullcontext()


@define
class Asker:
    """Asks one set of nameservers in one run, and asks nothing twice.

    Attributes:
        servers: the next is asked where one says nothing.
        is_ours: whether they are this machine's own resolver, whose failures say nothing of a name.
        recursion: whether they are to find out what they do not know.
        context: for TLS.
        patience: seconds for one question, however many servers are asked.
        most_questions, most_bytes: what one run may ask and read in all.
        timed: times the stages of an exchange.
        checks: whether a resolver may refuse what is wrongly signed.
        questions, octets: what was asked and read so far.
    """

    run: ProbeRun
    servers: tuple[Server, ...]
    transport: Transport = "udp"
    is_ours: bool = True
    recursion: bool = True
    context: ssl.SSLContext | None = None
    patience: float = 5.0
    most_questions: int = 250
    most_bytes: int = 1024 * 1024
    timed: Callable[[str], AbstractAsyncContextManager[None]] = _untimed
    checks: bool = field(default=True, init=False)
    questions: int = field(default=0, init=False)
    octets: int = field(default=0, init=False)
    _known: dict[tuple[str, str, bool, bool], Answer] = field(factory=dict, init=False)

    async def look_up(self, name: str, kind: str) -> Answer:
        """What there is, or that there is nothing; aliases are followed.

        Raises:
            Unanswered: no nameserver knows.
        """
        answer = await self.ask(name, kind)
        if answer.code not in {"NOERROR", "NXDOMAIN"}:
            raise Unanswered(
                f"{answer.server} answers {answer.meaning} for {kind} of {answer.name}",
                doubt=Doubt.RESOLVER if self.is_ours else None,
            )
        return answer

    async def ask(self, name: str, kind: str, *, checks: bool | None = None, signatures: bool = False) -> Answer:
        """The answer, whatever it says; aliases are followed also where the server does not.

        Args:
            checks: whether a resolver may refuse what is wrongly signed; default: as in all of this run.
            signatures: whether they are to come along.

        Raises:
            Unanswered: there is none.
        """
        try:
            asked = check_name("name", name)
        except ValueError as error:
            raise Unanswered(str(error), is_certain=True) from error
        is_checked = self.checks if checks is None else checks
        key = (asked, kind, is_checked, signatures)
        if key not in self._known:
            self._known[key] = await self._follow(asked, kind, is_checked, signatures)
        return self._known[key]

    async def _follow(self, name: str, kind: str, checks: bool, signatures: bool) -> Answer:
        answer = await self._question(name, kind, checks, signatures)
        names, aliases = {name}, answer.aliases
        while answer.code == "NOERROR" and not answer.records and answer.aliases:
            target = answer.aliases[-1]
            if target in names or len(names) > _MOST_ALIASES:
                raise Unanswered(f"the aliases of {name} lead on and on, or in a circle", is_certain=True)
            names.add(target)
            further = await self._question(target, kind, checks, signatures)
            if further.code not in {"NOERROR", "NXDOMAIN"}:
                return answer  # who was asked does not tell of names elsewhere
            answer, aliases = further, (*aliases, *further.aliases)
        return evolve(answer, name=name, aliases=aliases)

    async def _question(self, name: str, kind: str, checks: bool, signatures: bool) -> Answer:
        if self.questions >= self.most_questions or self.octets >= self.most_bytes:
            raise Unanswered(f"gave up after {self.questions} questions and {self.octets:,} bytes of answers")
        self.questions += 1
        query = make_query(read_name("name", name), kind, use_edns=0, payload=_PAYLOAD, want_dnssec=signatures)
        query.flags = (flags.RD if self.recursion else 0) | flags.AD | (0 if checks else flags.CD)
        message, server, over = await self._exchange(query, f"{kind} {name}")
        self.octets += len(message.wire or b"")
        answer = read_answer(message, name, kind, f"{server} over {over}")
        self._trace_answer(answer)
        return answer

    async def _exchange(self, query: Message, what: str) -> tuple[Message, Server, Transport]:
        """Ask one server after the other, with more patience at each round, until one knows or time is up."""
        ends_at = self.run.clock.monotonic() + min(self.patience, self.run.remaining() - _HEAD_START)
        failures: dict[Server, Unanswered] = {}
        round_ = 0
        while True:
            for server in self.servers:
                left = ends_at - self.run.clock.monotonic()
                if left <= 0:
                    raise self._silence(failures, what)
                try:
                    async with asyncio.timeout(min(left, 2.0**round_)):
                        message, over = await self._once(query, server, what)
                except TimeoutError:
                    failures.setdefault(server, self._unheard(server, "does not answer", Doubt.NETWORK))
                except OSError as error:
                    failures[server] = self._unheard(server, describe(error), doubt_of(error))
                except _NotDns as error:
                    failures[server] = self._unheard(server, str(error), None)
                else:
                    if not self._goes_on(message, server):
                        return message, server, over
            if len(failures) == len(self.servers) and all(one.doubt is None for one in failures.values()):
                raise self._silence(failures, what)
            round_ += 1

    def _goes_on(self, message: Message, server: Server) -> bool:
        """Whether the next of our own resolvers is asked, as one that is ill says that it found out nothing."""
        return self.is_ours and message.rcode() in {SERVFAIL, REFUSED} and server != self.servers[-1]

    async def _once(self, query: Message, server: Server, what: str) -> tuple[Message, Transport]:
        self._trace(f"> {what} to {server} over {self.transport}")
        try:
            if self.transport != "udp":
                return await self._over_stream(query, server), self.transport
            async with self.timed("query"):
                return await _over_udp(query, server), "udp"
        except Truncated:
            self._trace("* there is more than fits into an answer over UDP: asked again over TCP")
            return await self._over_stream(query, server), "tcp"
        except DNSException as error:
            raise _NotDns(f"sends what is no answer ({type(error).__name__})") from error

    async def _over_stream(self, query: Message, server: Server) -> Message:
        async with self.timed("connect"):
            reader, writer = await asyncio.open_connection(server.address, server.port)
        try:
            if self.transport == "tls":
                async with self.timed("tls"):
                    await writer.start_tls(self.context or ssl.create_default_context(), server_hostname=server.name)
            async with self.timed("query"):
                wire = query.to_wire()
                writer.write(len(wire).to_bytes(2, "big") + wire)
                await writer.drain()
                length = int.from_bytes(await reader.readexactly(2), "big")
                message = from_wire(await reader.readexactly(length))
        except EOFError as error:
            raise _NotDns("closes the connection without an answer") from error
        except DNSException as error:
            raise _NotDns(f"sends what is no answer ({type(error).__name__})") from error
        finally:
            writer.transport.abort()
        if not query.is_response(message):
            raise _NotDns("answers another question")
        if message.flags & flags.TC:
            raise _NotDns("cuts its answer off, also over TCP")
        return message

    def _unheard(self, server: Server, reason: str, doubt: Doubt | None) -> Unanswered:
        return Unanswered(f"{server} {reason}", doubt=Doubt.RESOLVER if doubt and self.is_ours else doubt)

    def _silence(self, failures: dict[Server, Unanswered], what: str) -> Unanswered:
        """What it comes to that nobody answered; the next question is not waited for as long."""
        self.patience = min(self.patience, _IMPATIENCE)
        if not failures:
            return Unanswered(f"no time is left to ask for {what}", doubt=Doubt.RESOLVER if self.is_ours else None)
        doubts = [one.doubt for one in failures.values()]
        if self.is_ours:
            doubts = [Doubt.RESOLVER]
        reasons = "; ".join(str(one) for one in failures.values())
        return Unanswered(f"{reasons} ({what} was asked for)", doubt=next((one for one in doubts if one), None))

    def _trace(self, line: str) -> None:
        if self.run.trace is not None:
            self.run.trace(line)

    def _trace_answer(self, answer: Answer) -> None:
        if self.run.trace is None:
            return
        self.run.trace(f"< {answer.code}, {len(answer.records)} records, {answer.size} bytes, from {answer.server}")
        for alias in answer.aliases[:_MOST_TOLD]:
            self.run.trace(f"< alias of {alias}")
        for text in answer.texts[:_MOST_TOLD]:
            self.run.trace(f"< {answer.ttl} {answer.kind} {shortened(text)}")


class _NotDns(Exception):  # noqa: N818 (it names what happened)
    """A server talks, but no DNS."""


async def _over_udp(query: Message, server: Server) -> Message:
    """The answer, whatever else comes before it; an unreachable port is told at once, as the socket is connected."""
    family = socket.AF_INET6 if ":" in server.address else socket.AF_INET
    where = (server.address, server.port)
    make_socket: Any = get_default_backend().make_socket  # untyped
    async with await make_socket(family, socket.SOCK_DGRAM, 0, None, where) as connected:
        return await udp(
            query,
            server.address,
            port=server.port,
            sock=connected,
            ignore_unexpected=True,
            ignore_errors=True,
            raise_on_truncation=True,
        )
