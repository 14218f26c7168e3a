"""F50: nothing in a message's texts or names can become a header field, a part, a recipient or a command."""

import re
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import compat32, default

import pytest
from attrs import evolve

from sla_engine.plugin import Message
from sla_engine.testing.fixtures import RunNotifier
from sla_engine.testing.servers.smtp import SmtpServer

MESSAGE = Message(
    "incident-7-opened", "API is down", "It is down.\n", "en", html="<p>It is down.</p>", thread="incident/7", at=1
)
BREAKS = ["\r\n", "\r", "\n", "\n\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\0", "\x7f", "\ud800", "\u202e"]
CORPUS = [
    *(f"API{end}Bcc: thief@evil.example{end}{end}.{end}QUIT" for end in BREAKS),
    "=?utf-8?q?API=0D=0ABcc:_thief=40evil.example?=",
    '"<thief@evil.example>, x" <a@b>',
    "--=_0123\r\nContent-Type: text/html\r\n\r\n<script>",
    ".\r\nMAIL FROM:<thief@evil.example>\r\nRCPT TO:<it@maxony.example>\r\nDATA\r\n",
    "\r\n.\r\n",
    "á" * 400 + "\r\nBcc: thief@evil.example",
    "a" * 3000,
    "{subject}{0}%s$(id)",
]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def keys(server: SmtpServer) -> str:
    address = f'server = "smtp://{server.host}:{server.port}"'
    return f'via = "email"\n{address}\nfrom = "sla@maxony.example"\ntls = "none"\nto = ["it@maxony.example"]\n'


def fields(content: bytes) -> Counter[str]:
    """How often each header field stands there, as a program would count that knows nothing of mail."""
    head = content.partition(b"\r\n\r\n")[0]
    return Counter(line.partition(b":")[0].decode().lower() for line in re.split(rb"\r\n(?![ \t])", head))


@pytest.mark.parametrize("hostile", CORPUS)
def test_nothing_in_a_message_becomes_more_than_text(
    server: SmtpServer, run_notifier: RunNotifier, hostile: str
) -> None:
    run_notifier(keys(server), MESSAGE)
    delivery = run_notifier(
        keys(server),
        evolve(
            MESSAGE,
            key=f"k{hostile}",
            subject=hostile,
            text=hostile,
            html=f"<p>{hostile}</p>",
            thread=hostile,
            language=hostile,
            headers={"List-Id": hostile},
        ),
    )

    assert delivery.sent, delivery
    harmless, received = server.mailbox
    assert received.recipients == ("it@maxony.example",)
    expected = {*fields(harmless.content), "list-id"} - {"content-language"}
    assert dict.fromkeys(fields(received.content), 1) == fields(received.content)
    assert set(fields(received.content)) - {"content-language"} <= expected
    for policy in (default, compat32):
        mail = message_from_bytes(received.content, policy=policy)
        assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
        assert not mail.defects
        assert "Bcc" not in mail
    assert received.content.isascii()
    assert max(map(len, received.content.split(b"\r\n"))) <= 998
    assert not re.search(rb"[\0\v\f\x1c\x7f]|\r(?!\n)|(?<!\r)\n", received.content)


@pytest.mark.parametrize("ending", BREAKS)
def test_a_recipient_that_smuggles_is_refused(server: SmtpServer, run_notifier: RunNotifier, ending: str) -> None:
    for address in (f"a@b.example{ending}RCPT TO:<thief@evil.example>", f"x{ending}y <a@b.example>"):
        delivery = run_notifier(keys(server), evolve(MESSAGE, to=(address,)))

        assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, True)
    assert server.mailbox == []


@pytest.mark.parametrize(
    "name", ["Bcc", "to", "Content-Type", "DKIM-Signature", "Resent-To", "A: b", "A\r\nBcc", "", "Ä", "Received"]
)
def test_headers_that_are_not_for_adding_are_left_out(server: SmtpServer, run_notifier: RunNotifier, name: str) -> None:
    run_notifier(keys(server), MESSAGE)
    run_notifier(keys(server), evolve(MESSAGE, headers={name: "thief@evil.example"}))

    harmless, received = server.mailbox
    assert fields(received.content) == fields(harmless.content)


def test_what_is_readable_stays(server: SmtpServer, run_notifier: RunNotifier) -> None:
    subject = "Não: «API» — 10 € 🚨"

    run_notifier(keys(server), evolve(MESSAGE, subject=subject, text="Olá 🚨\n.\n..\nFrom here\n\tend"))

    [received] = server.mailbox
    assert received.message["Subject"] == subject
    text = next(received.message.iter_parts()).get_content()
    assert text.splitlines() == ["Olá 🚨", ".", "..", "From here", "\tend"]
