"""Support by mail as a customer and an agent have it: `sla run`, a mail server on each side, and the command line."""

import asyncio
import contextlib
import json
import re
import smtplib
import socket
import sqlite3
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from sla_engine.testing.servers.smtp import Received, SmtpServer
from tests.plugins.sla_smtp.conftest import ENVIRON, Inbox

Wait = Callable[[Callable[[], Any], str], Any]
POLICY = """
[calendar.office]
timezone = "Europe/Lisbon"
hours.mon-sun = "00:00-24:00"
[service.web]
every = "1h"
check.home = {{ probe = "http", url = "http://127.0.0.1:1/" }}
[sla.standard]
timezone = "Europe/Lisbon"
availability.web = "99%"
response.first = {{ within = "4h", during = "office" }}
[customer.acme]
name = "ACME S.A."
contacts = ["ana@acme.example"]
language = "pt"
sla = "standard"
[support.first]
title = {{ en = "First level", pt = "Primeiro nível" }}
[notifier.mail]
via = "email"
server = "smtp://{smtp.host}:{smtp.port}"
tls = "none"
from = "Support <support@provider.example>"
gather = "0s"
"""
DESK = """
[engine]
listen = "{listen}"
store = "sqlite:///{folder}/sla.db"
[engine.desk]
notifier = "mail"
site = "https://status.provider.example"
address = "support@provider.example"
{keys}
"""


def set_up(installation: Any, out: SmtpServer, keys: str) -> None:
    """Write the policies: mails go out by one server, and come in as further keys of the desk say."""
    installation.write("policy.toml", POLICY.format(smtp=out))
    desk = DESK.format(listen=installation.listen, folder=installation.folder, keys=keys)
    installation.write("engine.toml", desk)


def mail(text: str, **fields: str) -> EmailMessage:
    written = EmailMessage(policy=SMTP)
    written.set_content(text)
    known = {
        "From": "Ana Gomes <ana@acme.example>",
        "To": "support@provider.example",
        "Subject": "Os e-mails não chegam",
        "Message-ID": "<first@acme.example>",
    }
    for name, value in {**known, **{name.replace("_", "-"): value for name, value in fields.items()}}.items():
        written[name] = value
    return written


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def out() -> Iterator[SmtpServer]:
    """The server by which the engine sends mails."""
    with SmtpServer() as server:
        yield server


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    mailbox = Inbox()
    server = await mailbox.start()
    yield mailbox
    server.close()


def hand_over(kind: type[smtplib.SMTP], port: int, written: EmailMessage, wait_until: Wait) -> None:
    """Hand a mail over as the provider's mail server does."""

    def connect() -> smtplib.SMTP:
        return kind("127.0.0.1", port)

    with wait_until(connect, "mail is taken") as server:
        recipients = [re.sub(r".*<|>.*", "", str(written["To"]))]
        server.sendmail("ana@acme.example", recipients, written.as_bytes())


def told(out: SmtpServer, count: int, wait_until: Wait) -> Received:
    """The newest mail that the customer got, once there are so many."""
    wait_until(lambda: len(out.mailbox) >= count, f"{count} mails reach the customer")
    assert len(out.mailbox) == count
    assert out.mailbox[-1].recipients == ("ana@acme.example",)
    return out.mailbox[-1]


def ticket(installation: Any, number: str = "T-1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(installation.sla("ticket", "show", number, "--format", "json").stdout)
    return found


def acts(installation: Any) -> list[tuple[str, str]]:
    """What happened to the ticket so far."""
    with contextlib.closing(sqlite3.connect(installation.folder / "sla.db")) as store:
        return store.execute("SELECT act, text FROM ticket_entries ORDER BY id").fetchall()


def converse(installation: Any, out: SmtpServer, wait_until: Wait, send: Callable[[EmailMessage], None]) -> None:
    """A question, its number, a detail, the answer, and thanks."""
    send(mail("Desde o meio-dia.\n"))
    number = told(out, 1, wait_until).message
    assert number["Subject"] == "[T-1] Os e-mails não chegam"
    assert number["In-Reply-To"] == "<first@acme.example>"
    assert number["Reply-To"] == "support+T-1@provider.example"
    assert number["Content-Language"] == "pt"
    text = number.get_body(("plain",)).get_content()
    assert "Recebemos o seu pedido T-1." in text
    assert "Primeiro nível" in text
    assert "(Europe/Lisbon)" in text
    assert "https://status.provider.example/tickets/view/" in text

    send(
        mail(
            "Só no Firefox.\n\nSupport <support@provider.example> escreveu às 15:00:\n> Recebemos o seu pedido\n",
            To=str(number["Reply-To"]),
            Subject=f"Re: {number['Subject']}",
            In_Reply_To=str(number["Message-ID"]),
            Message_ID="<second@acme.example>",
        )
    )
    wait_until(lambda: len(acts(installation)) == 2, "the detail is in the ticket")
    assert acts(installation)[1] == ("wrote", "Só no Firefox.")
    assert ticket(installation)["due"] is not None

    done = installation.sla("ticket", "answer", "T-1", "--text", "Estava cheia a fila; já está livre.", "--by", "rui")
    assert done.returncode == 0, done.stderr
    answer = told(out, 2, wait_until).message
    assert "Estava cheia a fila; já está livre." in answer.get_body(("plain",)).get_content()
    assert answer["In-Reply-To"] == "<second@acme.example>"
    assert answer["References"].split()[0] == number["References"].split()[0]

    send(mail("Obrigada!", Subject="Re: [T-1]", Message_ID="<third@acme.example>"))
    wait_until(lambda: len(acts(installation)) == 4, "the thanks are in the ticket")
    answered = ticket(installation)
    assert answered["due"] is None
    assert answered["clocks"][0]["met"] is True
    assert len(out.mailbox) == 2


@pytest.mark.parametrize(("scheme", "kind"), [("lmtp", smtplib.LMTP), ("smtp", smtplib.SMTP)])
def test_a_customer_and_an_agent_write_to_each_other_through_a_mail_server(
    installation: Any, out: SmtpServer, wait_until: Wait, port: int, scheme: str, kind: type[smtplib.SMTP]
) -> None:
    set_up(installation, out, f'listen = "{scheme}://127.0.0.1:{port}"')
    installation.start()

    converse(installation, out, wait_until, lambda written: hand_over(kind, port, written, wait_until))


async def test_a_customer_and_an_agent_write_to_each_other_through_a_mailbox(
    installation: Any, out: SmtpServer, wait_until: Wait, inbox: Inbox
) -> None:
    box = f'server = "imap://127.0.0.1:{inbox.port}"\nusername = "probe"\npassword = {{ env = "MAILBOX" }}'
    keys = f'[engine.desk.mailbox]\n{box}\ntls = "none"\nevery = "5s"\nafter = "delete"'
    installation.environ = {**installation.environ, **ENVIRON}
    set_up(installation, out, keys)
    loop = asyncio.get_running_loop()

    def send(written: EmailMessage) -> None:
        asyncio.run_coroutine_threadsafe(inbox.drop(written.as_bytes()), loop).result(10)

    def work() -> None:
        installation.start()
        converse(installation, out, wait_until, send)

    await asyncio.to_thread(work)
    assert await inbox.messages() == []


def test_a_mailbox_that_is_down_is_said_and_keeps_nothing_else_from_its_work(
    installation: Any, out: SmtpServer, wait_until: Wait, port: int
) -> None:
    box = 'mailbox = { server = "imap://127.0.0.1:1", username = "x", password = { env = "PATH" }, tls = "none" }'
    set_up(installation, out, f'listen = "lmtp://127.0.0.1:{port}"\n{box}')
    installation.start()

    wait_until(lambda: "mails cannot be fetched from imap://127.0.0.1:1" in installation.readiness(), "it is said")
    hand_over(smtplib.LMTP, port, mail("Desde o meio-dia."), wait_until)

    told(out, 1, wait_until)
    assert installation.get("/readyz")[0] == 200
    assert "sla_mails_taken_total 1.0" in installation.get("/metrics")[1]


def test_a_mail_whose_taking_is_killed_is_brought_again_and_becomes_one_ticket(
    installation: Any, out: SmtpServer, wait_until: Wait, port: int
) -> None:
    set_up(installation, out, f'listen = "lmtp://127.0.0.1:{port}"')
    installation.start()
    server = wait_until(lambda: smtplib.LMTP("127.0.0.1", port, timeout=20), "mail is taken")
    server.ehlo()
    server.mail("ana@acme.example")
    server.rcpt("support@provider.example")
    with contextlib.closing(sqlite3.connect(installation.folder / "sla.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")  # so that the mail is being kept when the engine is killed
        server.putcmd("data")
        assert server.getreply()[0] == 354
        server.send(mail("Desde o meio-dia.").as_bytes() + b"\r\n.\r\n")
        installation.process.kill()
        installation.process.wait()
    with pytest.raises((smtplib.SMTPServerDisconnected, OSError)):
        server.getreply()

    installation.start()
    for _ in range(2):  # and again, as if the answer had been lost
        hand_over(smtplib.LMTP, port, mail("Desde o meio-dia."), wait_until)

    told(out, 1, wait_until)
    assert acts(installation) == [("opened", "Desde o meio-dia.")]


BREAKS = ["\r\n", "\n", "\r", "\v", "\u2028", "\x85", "\0"]
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)>"><a href="javascript:alert(1)">{title}%s$(id)'


def test_nothing_that_a_stranger_writes_becomes_a_header_a_recipient_or_markup(
    installation: Any, out: SmtpServer, wait_until: Wait, port: int
) -> None:
    set_up(installation, out, f'listen = "lmtp://127.0.0.1:{port}"')
    installation.start()
    smuggled = "".join(f"{end}Bcc: thief@evil.example" for end in BREAKS)
    raw = (
        "From: =?utf-8?q?Eve=0D=0ABcc=3A_thief=40evil=2Eexample?= <eve@evil.example>\r\n"
        "To: support@provider.example\r\n"
        f"Subject: =?utf-8?b?{_base64(HOSTILE + smuggled)}?=\r\n"
        "Message-ID: <evil@evil.example>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        f"<p>{HOSTILE}</p>\r\n&lt;script&gt;{smuggled}\r\n"
        "--b\r\nContent-Type: image/png\r\n"
        "Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fa%0D%0AX%3A%20y%22%3E%3Cscript%3E.png\r\n\r\n"
        "<script>alert(1)</script>\r\n--b--\r\n"
    ).encode()
    with wait_until(lambda: smtplib.LMTP("127.0.0.1", port), "mail is taken") as server:
        server.sendmail("eve@evil.example", ["support@provider.example"], raw)
    wait_until(lambda: out.mailbox, "the number is sent")
    installation.sla("ticket", "answer", "T-1", "--text", HOSTILE + smuggled.replace("\0", ""))
    wait_until(lambda: len(out.mailbox) == 2, "the answer is sent")

    for received in out.mailbox:
        assert received.recipients == ("eve@evil.example",)
        names = [name.lower() for name in received.message]
        assert len(names) == len(set(names))
        assert not {"bcc", "x"} & set(names)
        assert [part.get_content_type() for part in received.message.walk()][1:] == ["text/plain", "text/html"]
        assert not received.message.defects
        html = received.message.get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert not re.search(r"<(script|img|a href=\"javascript)", html)
    shown = installation.sla("ticket", "show", "T-1").stdout
    assert all(letter.isprintable() or letter == "\n" for letter in shown)
    [file] = [file for entry in ticket(installation)["entries"] for file in entry["files"]]
    assert not re.search(r"[/\\<>\"\r\n]", file["name"])
    assert file["type"] == "text/plain"
    log = (installation.folder / "log").read_text()
    assert not any(line.startswith("Bcc:") for line in log.splitlines())


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def test_those_who_answer_are_written_to_and_their_mail_opens_no_ticket_of_its_own(
    installation: Any, out: SmtpServer, wait_until: Wait, port: int
) -> None:
    set_up(installation, out, f'listen = "lmtp://127.0.0.1:{port}"')
    level, to = "[support.first]\n", 'to = ["team@provider.example"]\n'
    told_too = POLICY.replace(level, f'{level}notify = ["mail"]\n') + to
    installation.write("policy.toml", told_too.format(smtp=out))
    installation.start()

    hand_over(smtplib.LMTP, port, mail("Desde o meio-dia.\n"), wait_until)
    wait_until(lambda: len(out.mailbox) == 2, "the customer and the desk are written to")
    [own] = [one for one in out.mailbox if one.recipients == ("team@provider.example",)]

    assert own.message["Subject"] == "[new ticket] T-1 Os e-mails não chegam"
    text = own.message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "From: Ana Gomes, ana@acme.example\n" in text
    assert "Desde o meio-dia.\n" in text
    assert "To answer the customer: sla ticket answer T-1, or here:\n" in text
    assert text.endswith("\nhttps://status.provider.example/tickets/T-1\n")

    own.message.replace_header("To", "support@provider.example")
    with pytest.raises(smtplib.SMTPDataError, match="it goes in a circle"):
        hand_over(smtplib.LMTP, port, own.message, wait_until)
    assert len(acts(installation)) == 1
