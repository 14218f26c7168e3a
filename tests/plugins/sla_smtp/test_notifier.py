"""The email notifier: what arrives is what was meant, once, under its own id, and as part of its conversation."""

from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest
from attrs import evolve

from sla_engine.plugin import Message
from sla_engine.plugin.notifier import Severity
from sla_engine.testing.fixtures import RunNotifier
from sla_engine.testing.servers.certificates import LocalAuthority
from sla_engine.testing.servers.smtp import Received, SmtpServer
from sla_smtp.notifier import EmailNotifier

AT = 1_793_444_400_000_000  # 2026-10-31T11:00:00Z
MESSAGE = Message(
    "incident-7-opened",
    "A API não responde",
    "A API responde 503.\n\nDesde as 11:00.\n",
    "pt",
    thread="incident/7/infrastructure",
    about="opened",
    severity="critical",
    at=AT,
)
PASSWORD = {"PASSWORD": "open-sesame"}


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


def keys(server: SmtpServer, further: str = 'to = ["it@maxony.example"]', scheme: str = "smtp") -> str:
    address = f'server = "{scheme}://{server.host}:{server.port}"'
    tls = '\ntls = "none"' if "tls" not in further and scheme == "smtp" else ""
    return f'via = "email"\n{address}\nfrom = "SLA Maxony <sla@maxony.example>"{tls}\n{further}\n'


def only(server: SmtpServer) -> Received:
    [received] = server.mailbox
    return received


def test_a_message_arrives_as_it_was_meant(server: SmtpServer, run_notifier: RunNotifier) -> None:
    delivery = run_notifier(keys(server), MESSAGE)

    assert (delivery.sent, delivery.certain, delivery.detail) == (True, True, "250 2.0.0 queued as 1")
    received = only(server)
    assert (received.sender, received.recipients) == ("sla@maxony.example", ("it@maxony.example",))
    mail = received.message
    assert mail["From"] == "SLA Maxony <sla@maxony.example>"
    assert mail["To"] == "it@maxony.example"
    assert mail["Subject"] == "A API não responde"
    assert mail["Message-ID"] == "<incident-7-opened@maxony.example>"
    assert parsedate_to_datetime(mail["Date"]).isoformat() == "2026-10-31T11:00:00+00:00"
    assert mail["Content-Language"] == "pt"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content() == MESSAGE.text.replace("\n", "\r\n")


def test_it_says_that_no_human_wrote_it(server: SmtpServer, run_notifier: RunNotifier) -> None:
    run_notifier(keys(server), MESSAGE)

    assert only(server).message["Auto-Submitted"] == "auto-generated"  # RFC 3834: no reply of a vacation
    assert not [name for name in only(server).message if name.lower().startswith("x-")]


def test_html_is_an_alternative_to_the_text(server: SmtpServer, run_notifier: RunNotifier) -> None:
    run_notifier(keys(server), evolve(MESSAGE, html="<p>A API não responde</p>"))

    mail = only(server).message
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert html.get_content().strip() == "<p>A API não responde</p>"


def test_every_try_sends_the_same_bytes(server: SmtpServer, run_notifier: RunNotifier) -> None:
    message = evolve(MESSAGE, html="<p>não</p>")

    for _ in range(2):
        run_notifier(keys(server), message)

    first, second = server.mailbox
    assert first.content == second.content


def test_all_mails_of_an_incident_are_one_conversation_whichever_comes_first(
    server: SmtpServer, run_notifier: RunNotifier
) -> None:
    messages = [
        MESSAGE,
        evolve(MESSAGE, key="incident-7-recovered", about="recovered", is_first=False, is_over=True),
        evolve(MESSAGE, key="incident-8-opened", thread="incident/8/infrastructure"),
        evolve(MESSAGE, key="test", thread=None),
    ]

    for message in messages:
        run_notifier(keys(server), message)

    opened, recovered, other, alone = [received.message for received in server.mailbox]
    assert opened["In-Reply-To"] == opened["References"] == recovered["In-Reply-To"] == recovered["References"]
    assert opened["References"].endswith("@maxony.example>")
    assert other["References"] != opened["References"]
    assert alone["References"] is None
    assert len({mail["Message-ID"] for mail in (opened, recovered, other, alone)}) == 4


@pytest.mark.parametrize(
    ("severity", "importance"), [("critical", "high"), ("major", "high"), ("minor", None), ("info", None)]
)
def test_what_matters_is_marked_as_important(
    server: SmtpServer, run_notifier: RunNotifier, severity: Severity, importance: str | None
) -> None:
    run_notifier(keys(server), evolve(MESSAGE, severity=severity))

    assert only(server).message["Importance"] == importance


def test_a_message_for_somebody_goes_to_nobody_else(server: SmtpServer, run_notifier: RunNotifier) -> None:
    message = evolve(MESSAGE, to=("Áurea Nº 1 <ops@acme.example>",))

    run_notifier(keys(server), message)

    received = only(server)
    assert received.recipients == ("ops@acme.example",)
    assert [(one.display_name, one.addr_spec) for one in received.message["To"].addresses] == [
        ("Áurea Nº 1", "ops@acme.example")
    ]


def test_each_recipient_gets_a_mail_of_their_own() -> None:
    notifier = EmailNotifier(server="smtp://m", from_="a@b.example", to=["it@b.example", "cto@b.example"])

    assert notifier.recipients() == ("it@b.example", "cto@b.example")
    assert [notifier.reaches(contact) for contact in ("ops@acme.example", "+4930123456")] == [True, False]


def test_answers_and_what_cannot_be_delivered_go_where_the_policy_says(
    server: SmtpServer, run_notifier: RunNotifier
) -> None:
    further = 'to = ["it@maxony.example"]\nreply_to = "Support <help@maxony.example>"\nreturn_path = '

    run_notifier(keys(server, f'{further}"bounces@maxony.example"'), MESSAGE)
    run_notifier(keys(server, f'{further}""'), MESSAGE)

    first, second = server.mailbox
    assert first.message["Reply-To"] == "Support <help@maxony.example>"
    assert first.sender == "bounces@maxony.example"
    assert second.sender == "<>"  # as aiosmtpd calls nobody


def test_further_headers_go_along(server: SmtpServer, run_notifier: RunNotifier) -> None:
    address = f"<https://maxony.example/u/{'x' * 200}>"
    headers = {"List-Unsubscribe": address, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}

    run_notifier(keys(server), evolve(MESSAGE, headers=headers))

    assert only(server).message["List-Unsubscribe"] == address  # not encoded, as the standard library would
    assert only(server).message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_it_logs_in_with_a_secret_over_tls(
    authority: LocalAuthority, ca_file: str, run_notifier: RunNotifier, scheme: str
) -> None:
    tls = "implicit" if scheme == "smtps" else "starttls"
    login = 'to = ["it@maxony.example"]\nusername = "sla"\npassword = { env = "PASSWORD" }\ntls = "starttls"'
    with SmtpServer(tls=tls, context=authority.server_context(), users={"sla": "open-sesame"}) as server:  # type: ignore[arg-type]
        sent = run_notifier(keys(server, f'{login}\nca_file = "{ca_file}"', scheme), MESSAGE, environ=PASSWORD)
        wrong = run_notifier(
            keys(server, f'{login}\nca_file = "{ca_file}"', scheme), MESSAGE, environ={"PASSWORD": "no"}
        )
        distrusted = run_notifier(keys(server, login, scheme), MESSAGE, environ=PASSWORD)

    assert sent.sent
    assert (wrong.sent, wrong.certain, wrong.is_final) == (False, True, False)
    assert wrong.detail.startswith("auth: 535")
    assert (distrusted.sent, distrusted.certain) == (False, True)
    assert "certificate" in distrusted.detail
    assert len(server.mailbox) == 1


def test_clear_text_is_never_fallen_back_to(server: SmtpServer, run_notifier: RunNotifier) -> None:
    delivery = run_notifier(keys(server, 'to = ["it@maxony.example"]\ntls = "starttls"'), MESSAGE)

    assert (delivery.sent, delivery.certain) == (False, True)
    assert delivery.detail == "starttls: the server does not offer STARTTLS"
    assert server.mailbox == []


def test_addresses_beyond_ascii_need_a_server_that_takes_them(server: SmtpServer, run_notifier: RunNotifier) -> None:
    message = evolve(MESSAGE, to=("joão@correio.example",))
    with SmtpServer(utf8=True) as modern:
        sent = run_notifier(keys(modern), message)

    refused = run_notifier(keys(server), message)

    assert sent.sent
    assert only(modern).recipients == ("joão@correio.example",)
    assert "To: joão@correio.example\r\n".encode() in only(modern).content
    assert (refused.sent, refused.certain, refused.is_final) == (False, True, True)
    assert refused.detail.startswith("mail: the server takes no addresses beyond ASCII")
    assert server.mailbox == []


def test_a_mail_for_nobody_is_given_up_at_once(server: SmtpServer, run_notifier: RunNotifier) -> None:
    delivery = run_notifier(keys(server, ""), MESSAGE)

    assert (delivery.sent, delivery.certain, delivery.is_final) == (False, True, True)
    assert "nobody" in delivery.detail


def test_what_answers_a_mail_stands_below_it_and_is_answered_at_an_address_of_its_own(
    server: SmtpServer, run_notifier: RunNotifier
) -> None:
    message = evolve(MESSAGE, thread="ticket/T-7", answers="cust-1@acme.example", reply_to="help+T-7@maxony.example")

    run_notifier(keys(server, 'to = ["it@maxony.example"]\nreply_to = "help@maxony.example"'), message)

    [received] = server.mailbox
    thread, answered = received.message["References"].split()
    assert thread.startswith("<thread-")
    assert answered == received.message["In-Reply-To"] == "<cust-1@acme.example>"
    assert received.message["Reply-To"] == "help+T-7@maxony.example"


@pytest.mark.parametrize("hostile", ["a@b>\r\nBcc: thief@evil.example", "<a@b>", "a b@c", "a@b" * 200, "é@b", ""])
def test_what_is_no_message_id_and_no_address_is_left_out(
    server: SmtpServer, run_notifier: RunNotifier, hostile: str
) -> None:
    run_notifier(
        keys(server, 'to = ["it@maxony.example"]'), evolve(MESSAGE, answers=hostile, reply_to=f"{hostile}, x@y")
    )

    [received] = server.mailbox
    assert [name for name in received.message if name.lower() in {"bcc", "reply-to"}] == []
    assert len(received.message["References"].split()) == 1
