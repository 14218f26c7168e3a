"""What each fault of a mail server comes to: state, doubt, stage and reason, kept as golden text."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from datetime import timedelta
from functools import partial
from threading import Thread
from typing import Any

import pytest
import trustme

from sla_engine.model.duration import Duration
from sla_engine.plugin import Outcome, Secret
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.smtp import SmtpServer
from sla_smtp.delivery import Deliver
from sla_smtp.expectations import Expect

Case = Callable[[], Awaitable[Outcome]]
Outcomes = Mapping[str, Outcome]
Lay = Callable[[Mapping[str, Outcome]], str]
Golden = Callable[[str, str], None]
PASSWORD = Secret("env", "PASSWORD")
PATIENCE = Duration(400_000)
TO = "probe@b.example"

USUAL = {
    "greeting": b"220 mail.test ESMTP\r\n",
    "EHLO": b"250-mail.test\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN CRAM-MD5 XOAUTH2\r\n",
    "LHLO": b"250 mail.test\r\n",
    "STARTTLS": b"220 go ahead\r\n",
    "AUTH": b"235 welcome\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go ahead\r\n",
    ".": b"250 queued\r\n",
    "RSET": b"250 ok\r\n",
    "QUIT": b"221 bye\r\n",
}
RESET = b"(reset)"
CLOSE = b"(close)"


def scripted(unusual: Mapping[str, bytes]) -> Any:
    """A server that answers each command as usual, but for these."""
    says = {**USUAL, **unusual}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        verb, in_data = "greeting", False
        while True:
            said = says.get(verb, b"500 what?\r\n")
            if said.endswith(RESET):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.write(said.removesuffix(RESET).removesuffix(CLOSE))
            await writer.drain()
            if said.endswith((RESET, CLOSE)):
                return
            in_data = verb == "DATA" and said.startswith(b"354")
            verb = "." if in_data else ""
            while line := await reader.readline():
                if not in_data or line == b".\r\n":
                    break
            if not line:
                return
            verb = verb or line.split()[0].decode("ascii", "replace").upper()

    return answer


def dripping(said: bytes) -> Any:
    """A server that greets in single bytes, and never comes to an end."""

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            for byte in said:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.02)

    return answer


async def mute(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def gathered(cases: Mapping[str, Case]) -> dict[str, Outcome]:
    """The outcomes of cases that are tried at the same time."""
    outcomes = await asyncio.gather(*(case() for case in cases.values()))
    return dict(zip(cases, outcomes, strict=True))


@pytest.fixture
def outcome_at(converse: Any, at: Any) -> Callable[..., Awaitable[Outcome]]:
    """The outcome of a probe of this port."""

    async def outcome_of(port: int, seconds: float = 20.0, trusted: bool = True, **fields: Any) -> Outcome:
        outcome: Outcome = (await converse(at(port, **fields), seconds=seconds, trusted=trusted))[0]
        return outcome

    return outcome_of


@pytest.fixture
async def replies(serve: Any, outcome_at: Any) -> Any:
    """A case of a scripted server."""

    def case(unusual: Mapping[str, bytes], **fields: Any) -> Case:
        async def run() -> Outcome:
            return await outcome_at(await serve(scripted(unusual)), **{"rcpt_to": TO, **fields})

        return run

    return case


REFUSED_AT = {
    "greeting": {},
    "ehlo": {},
    "auth": {"username": "probe", "password": PASSWORD},
    "mail": {"rcpt_to": TO},
    "rcpt": {"rcpt_to": TO},
    "data": {"deliver": Deliver(TO)},
    "rset": {"rcpt_to": TO},
    "quit": {},
}


@pytest.fixture
async def refusals(outcome_at: Any) -> Outcomes:
    cases: dict[str, Case] = {}
    with ExitStack() as running:
        for stage, fields in REFUSED_AT.items():
            faults: dict[str, dict[str, Any]] = {
                "refused for good": {"reply": "550 5.7.1 not for you"},
                "refused for now": {"reply": "451 4.7.1 greylisted, try again in 5 minutes"},
                "closed": {"close": True},
                "silent": {"delay": 60.0},
            }
            for name, fault in faults.items():
                server = running.enter_context(SmtpServer(users={"probe": "open-sesame"} if stage == "auth" else None))
                server.break_(stage, **fault)
                within = {stage: PATIENCE} if name == "silent" else {}
                cases[f"{stage}: {name}"] = partial(outcome_at, server.port, within=within, **fields)
        return await gathered(cases)


GARBAGE = {
    "greets as another protocol": {"greeting": b"HTTP/1.1 400 Bad Request\r\n\r\n"},
    "greets without a code": {"greeting": b"hello\r\n"},
    "greets with an empty line": {"greeting": b"\r\n"},
    "greets with zero bytes": {"greeting": b"\0" * 40 + b"\r\n"},
    "greets with a code out of range": {"greeting": b"999 hello\r\n"},
    "greets with a code of two digits": {"greeting": b"22 hello\r\n"},
    "greets with a wrong code": {"greeting": b"250 hello\r\n"},
    "greets with control characters": {"greeting": b"554 \x1b[31mred\x07\xff\r\n"},
    "greets without end of line": {"greeting": b"220 " + b"x" * 200_000 + CLOSE},
    "greets and closes in the middle": {"greeting": b"220-welc" + CLOSE},
    "greets and resets": {"greeting": RESET},
    "greets twice": {"greeting": b"220 mail.test\r\n220 mail.test\r\n"},
    "greets and says goodbye": {"greeting": b"220 mail.test\r\n421 4.3.2 shutting down\r\n" + CLOSE},
    "answers EHLO without end": {"EHLO": b"250-again\r\n" * 5_000 + CLOSE},
    "answers EHLO with a line without end": {"EHLO": b"250-" + b"x" * 200_000 + CLOSE},
    "answers EHLO with codes that differ": {"EHLO": b"250-mail.test\r\n354 go ahead\r\n"},
    "answers EHLO with a wrong code": {"EHLO": b"354 go ahead\r\n"},
    "answers EHLO twice": {"EHLO": b"250 mail.test\r\n250 mail.test\r\n"},
    "closes in the middle of EHLO": {"EHLO": b"250-mail.test\r\n250-SI" + CLOSE},
    "is shutting down at MAIL": {"MAIL": b"421 4.3.2 shutting down\r\n" + CLOSE},
    "resets at RCPT": {"RCPT": RESET},
    "forwards RCPT elsewhere": {"RCPT": b"251 will forward\r\n"},
    "ends lines with LF alone": {"greeting": b"220 mail.test\n", "EHLO": b"250-mail.test\n250 SIZE\n"},
    "answers with a bare code": {"MAIL": b"250\r\n"},
}


@pytest.fixture
async def odd_replies(replies: Any, serve: Any, outcome_at: Any) -> Outcomes:
    cases: dict[str, Case] = {name: replies(unusual) for name, unusual in GARBAGE.items()}
    cases["accepts DATA at once"] = replies({"DATA": b"250 queued\r\n"}, rcpt_to=None, deliver=Deliver(TO))
    cases["refuses what it was sent"] = replies({".": b"554 5.7.1 spam\r\n"}, rcpt_to=None, deliver=Deliver(TO))
    cases["puts off what it was sent"] = replies(
        {".": b"452 4.2.2 mailbox full\r\n"}, rcpt_to=None, deliver=Deliver(TO), temporary="degraded"
    )
    cases["puts off a recipient, which may be"] = replies({"RCPT": b"450 4.2.0 greylisted\r\n"}, temporary="degraded")
    cases["drips a greeting"] = partial(
        outcome_at, await serve(dripping(b"220-welcome\r\n")), within={"greeting": PATIENCE}
    )
    cases["never greets"] = partial(outcome_at, await serve(mute), seconds=1.0)
    return await gathered(cases)


CREDENTIALS = {"username": "probe", "password": PASSWORD, "rcpt_to": None}


@pytest.fixture
async def logins(replies: Any) -> Outcomes:
    login = partial(replies, **CREDENTIALS)
    refused, offered = b"535 5.7.8 no\r\n", b"250-mail.test\r\n250 AUTH GSSAPI\r\n"
    cases: dict[str, Case] = {
        "plain: wrong password": login({"AUTH": refused}),
        "plain: repeats the password": login({"AUTH": b"535 bad AHByb2JlAG9wZW4tc2VzYW1l open-sesame\r\n"}),
        "plain: not offered": login({"EHLO": offered}),
        "plain: nothing offered": login({"EHLO": b"250 mail.test\r\n"}),
        "plain: locked for now": login({"AUTH": b"454 4.7.0 try later\r\n"}),
        "plain: is asked for more": login({"AUTH": b"334 \r\n"}),
        "login: refused at the name": login({"AUTH": refused}, auth="login"),
        "login: refused at the password": login({"AUTH": b"334 UGFzc3dvcmQ6\r\n"}, auth="login"),
        "cram-md5: challenge is none": login({"AUTH": b"334 abc\r\n"}, auth="cram-md5"),
        "cram-md5: refused": login({"AUTH": b"504 5.5.4 no\r\n"}, auth="cram-md5"),
        "xoauth2: token refused": login({"AUTH": refused}, auth="xoauth2"),
        "xoauth2: welcome": login({}, auth="xoauth2"),
    }
    return await gathered(cases)


class Certificates:
    """Contexts of servers whose certificates have faults."""

    def __init__(self, authority: LocalAuthority) -> None:
        self.good = authority.server_context()
        self.expired = authority.server_context(valid_for=timedelta(days=-1))
        self.other_name = authority.server_context("mail.other.example")
        self.soon = authority.server_context(valid_for=timedelta(days=5))
        self.unknown = LocalAuthority().server_context()
        self.self_signed = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        alone = trustme.CA()
        alone_pem = alone.cert_pem.bytes() + alone.private_key_pem.bytes()
        self._load(self.self_signed, alone_pem)

    @staticmethod
    def _load(context: ssl.SSLContext, pem: bytes) -> None:
        with trustme.Blob(pem).tempfile() as path:
            context.load_cert_chain(path)


@pytest.fixture
def old_tls_port(authority: LocalAuthority) -> Iterator[int]:
    """A server that speaks TLS 1.1 alone, and says so before it closes, which asyncio's do not."""
    context = authority.server_context()
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError), listening.accept()[0] as connection:
                context.wrap_socket(connection, server_side=True)

        Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


@pytest.fixture
async def encryption(
    outcome_at: Any, serve: Any, authority: LocalAuthority, ca_file: str, old_tls_port: int
) -> Outcomes:
    zoo = Certificates(authority)
    cases: dict[str, Case] = {}
    with ExitStack() as running:
        for tls in ("starttls", "implicit"):
            for name, context in vars(zoo).items():
                server = running.enter_context(SmtpServer(tls=tls, context=context))  # type: ignore[arg-type]
                cases[f"{tls}: {name}"] = partial(outcome_at, server.port, tls=tls, ca_file=ca_file)
                if name in ("expired", "other_name", "unknown"):
                    cases[f"{tls}: {name}, not verified"] = partial(outcome_at, server.port, tls=tls, verify=False)
                if name == "soon":
                    expect = Expect(certificate_days=14)
                    more = partial(outcome_at, server.port, tls=tls, ca_file=ca_file)
                    cases[f"{tls}: {name}, down"] = partial(more, expect=expect)
                    cases[f"{tls}: {name}, degraded"] = partial(more, degraded=expect)
        for name, unusual in {
            "not offered": {"EHLO": b"250 mail.test\r\n"},
            "refused for now": {"STARTTLS": b"454 4.7.0 TLS not available\r\n"},
            "injected commands": {"STARTTLS": b"220 go ahead\r\n250 injected\r\n"},
            "closed": {"STARTTLS": b"220 go ahead\r\n" + CLOSE},
            "reset": {"STARTTLS": b"220 go ahead\r\n" + RESET},
            "clear text instead": {"STARTTLS": b"220 go ahead\r\n"},
        }.items():
            port = await serve(scripted(unusual))
            cases[f"starttls: {name}"] = partial(outcome_at, port, tls="starttls", ca_file=ca_file)
        port = await serve(scripted({}))
        cases["implicit: clear text instead"] = partial(outcome_at, port, tls="implicit", ca_file=ca_file)
        cases["implicit: TLS 1.1 alone"] = partial(outcome_at, old_tls_port, tls="implicit", ca_file=ca_file)
        port = await serve(mute)
        hung = partial(outcome_at, port, tls="implicit", ca_file=ca_file, within={"tls": PATIENCE})
        cases["implicit: handshake hangs"] = hung
        missing = partial(outcome_at, port, tls="implicit", ca_file="/nowhere/ca.pem")
        cases["our own certificates are missing"] = missing
        return await gathered(cases)


@pytest.fixture
async def reaching(outcome_at: Any, zone: Any, nameserver: str, silent_port: int, free_port: int) -> Outcomes:
    zone.exchangers = {
        "null.example": [(0, ".")],
        "gone.example": [(10, "mx1.gone.example"), (20, "mx2.gone.example")],
        "silent.example": [(10, "mx1.gone.example"), (20, "mx.silent.example")],
        "dangling.example": [(10, "no.such.example")],
        "pointless.example": [],
    }
    zone.addresses = {
        "mx1.gone.example": "127.0.0.1",
        "mx2.gone.example": "127.0.0.1",
        "metadata.example": "169.254.169.254",
    }
    zone.failing = {"broken.example", "mx.silent.example"}
    mail_for = partial(outcome_at, free_port, host=None, nameserver=nameserver)
    by_name = partial(outcome_at, free_port, nameserver=nameserver)
    cases: dict[str, Case] = {
        "nobody listens": partial(outcome_at, free_port),
        "connects are not answered": partial(outcome_at, silent_port, within={"connect": PATIENCE}),
        "name does not exist": partial(by_name, host="no.such.example"),
        "name has no address": partial(by_name, host="pointless.example"),
        "nameserver fails": partial(by_name, host="broken.example"),
        "nameserver is silent": partial(
            outcome_at, free_port, host="mx1.gone.example", nameserver=f"127.0.0.1:{free_port}", seconds=1.0
        ),
        "address is a metadata service": partial(by_name, host="metadata.example"),
        "customer's host is here": partial(outcome_at, free_port, trusted=False),
        "customer's nameserver is here": partial(by_name, host="mx1.gone.example", trusted=False),
        "mx: domain does not exist": partial(mail_for, mx="no.such.example"),
        "mx: domain takes no mail": partial(mail_for, mx="null.example"),
        "mx: nameserver fails": partial(mail_for, mx="broken.example"),
        "mx: all refuse": partial(mail_for, mx="gone.example"),
        "mx: one refuses, one does not resolve": partial(mail_for, mx="silent.example"),
        "mx: its host does not exist": partial(mail_for, mx="dangling.example"),
        "mx: none, and no address": partial(mail_for, mx="pointless.example"),
        "password is missing": partial(
            outcome_at, free_port, username="probe", password=Secret("env", "NOWHERE"), host="localhost"
        ),
    }
    return await gathered(cases)


async def test_what_each_fault_comes_to(
    refusals: Outcomes,
    odd_replies: Outcomes,
    logins: Outcomes,
    encryption: Outcomes,
    reaching: Outcomes,
    fault_table: Lay,
    golden: Golden,
) -> None:
    chapters = {
        "Refused, closed and silent at each stage": refusals,
        "Replies that are none, or not the right ones": odd_replies,
        "Logins": logins,
        "Encryption": encryption,
        "Servers that are not reached": reaching,
    }

    golden("faults.txt", "\n".join(f"# {title}\n{fault_table(found)}" for title, found in chapters.items()))
