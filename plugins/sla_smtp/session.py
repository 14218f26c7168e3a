"""One session of SMTP or LMTP: commands out, replies in, each exchange timed in its stage."""

import ssl
from collections.abc import Sequence

from attrs import define, field

from sla_engine.plugin import StageFailed, Stages, Trace
from sla_smtp.replies import Refused, Reply, read_reply
from sla_smtp.wire import Wire


@define
class Session:
    """A conversation with a mail server.

    Attributes:
        wire: the connection.
        host: the server's name.
        stages: where each exchange is timed.
        trace: is told the dialogue, without credentials.
        banner: the text of the greeting.
        extensions: what the last EHLO or LHLO offered, in upper case, with its parameters.
        offered: what any of them offered: STARTTLS goes away with TLS, and AUTH often comes with it.
        handed_over: whether a message was written to the end, so that the server may have taken it.
    """

    wire: Wire
    host: str
    stages: Stages
    trace: Trace | None = None
    banner: str = ""
    extensions: dict[str, str] = field(factory=dict)
    offered: dict[str, str] = field(factory=dict)
    handed_over: bool = False
    _secrets: list[str] = field(factory=list)

    @property
    def mechanisms(self) -> list[str]:
        """The ways to log in that are offered, in lower case."""
        return self.extensions.get("AUTH", "").lower().split()

    async def greeting(self) -> None:
        """Wait for the server to open the conversation."""
        async with self.stages.stage("greeting"):
            self.banner = " ".join(self._expect(await self._read(), (220,)).lines)

    async def ask(
        self, stage: str, command: str, accept: Sequence[int] = (250,), *, secret: str | None = None
    ) -> Reply:
        """Send one command and insist on one of these reply codes.

        Args:
            secret: follows the command, and is shown nowhere, not even where the server repeats it.

        Raises:
            Refused: another code.
            StageFailed: no valid reply, or the connection was closed.
        """
        async with self.stages.stage(stage):
            return self._expect(await self._exchange(command, secret), accept)

    async def hello(self, name: str, verb: str) -> None:
        """Introduce ourselves and learn what the server can do."""
        reply = await self.ask("ehlo", f"{verb} {name}")
        pairs = (line.partition(" ") for line in reply.lines[1:] if line)
        self.extensions = {keyword.upper(): parameters.strip() for keyword, _, parameters in pairs}
        self.offered |= self.extensions

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """Go on over TLS, or not at all; what the server said before is forgotten (RFC 3207, 4.2)."""
        async with self.stages.stage("starttls"):
            if "STARTTLS" not in self.extensions:
                raise StageFailed("the server does not offer STARTTLS")
            self._expect(await self._exchange("STARTTLS"), (220,))
            await self.wire.start_tls(context, self.host)
        self.extensions = {}

    async def data(self, message: bytes, recipients: Sequence[str], *, reply_each: bool) -> Reply:
        """Hand a message over; after it the server is responsible for it. Gives its last reply.

        Args:
            message: with CRLF line ends.
            recipients: those that were accepted.
            reply_each: whether there is a reply for each of them (LMTP: RFC 2033, 4.2) or one for all.
        """
        async with self.stages.stage("data"):
            self._expect(await self._exchange("DATA"), (354,))
            self.tell(f"* the message, {len(message)} bytes")
            stuffed = message.replace(b"\r\n.", b"\r\n..")
            self.wire.send((stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n") + b".")
            self.handed_over = True
            replies = [
                self._expect(await self._read(), (250,), recipient if reply_each else "")
                for recipient in (recipients if reply_each else recipients[:1])
            ]
        return replies[-1]

    def tell(self, line: str) -> None:
        """Show a line of the dialogue to whoever wants to see it."""
        if self.trace is not None:
            self.trace(line)

    async def _exchange(self, command: str, secret: str | None = None) -> Reply:
        if secret is not None:
            self._secrets.append(secret)
        words = [word for word in (command, secret) if word is not None]
        self.wire.send(" ".join(words).strip().encode())
        self.tell(f"> {command if secret is None else f'{command} ***'.strip()}")
        return await self._read()

    async def _read(self) -> Reply:
        reply = await read_reply(self.wire)
        reply = Reply(reply.code, tuple(self._without_secrets(line) for line in reply.lines))
        *others, last = reply.lines
        for line in others:
            self.tell(f"< {reply.code}-{line}")
        self.tell(f"< {reply.code} {last}")
        return reply

    def _without_secrets(self, line: str) -> str:
        for secret in filter(None, self._secrets):
            line = line.replace(secret, "***")
        return line

    def _expect(self, reply: Reply, accept: Sequence[int], whom: str = "") -> Reply:
        if reply.code not in accept:
            raise Refused(reply, whom)
        self.stages.saw(str(reply))
        return reply
