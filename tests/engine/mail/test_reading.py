"""What is read in a mail, however it was written."""

import time
from email.message import EmailMessage

import pytest

from sla_engine.engine.mail.cutting import new_part
from sla_engine.engine.mail.mail import Envelope
from sla_engine.engine.mail.markup import plain
from sla_engine.engine.mail.reading import read_mail
from tests.engine.mail.conftest import written

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def raw(head: str, body: str | bytes, charset: str = "utf-8") -> bytes:
    content = body if isinstance(body, bytes) else body.encode(charset)
    return head.replace("\n", "\r\n").encode(charset) + b"\r\n\r\n" + content


def test_the_plain_text_is_taken_where_a_mail_has_its_text_twice() -> None:
    mail = written("Olá\n")
    mail.add_alternative("<p>Olá <b>HTML</b></p>", subtype="html")

    assert read_mail(mail.as_bytes()).text == "Olá"


@pytest.mark.parametrize("empty", ["", " \r\n"])
def test_the_html_is_taken_where_the_plain_text_is_empty(empty: str) -> None:
    mail = written(empty)
    mail.add_alternative("<p>Olá</p>", subtype="html")

    assert read_mail(mail.as_bytes()).text == "Olá"


def test_a_mail_of_html_alone_is_read_as_text() -> None:
    mail = written()
    mail.set_content("<h1>Help</h1><p>See <a href='https://acme.example/x'>this</a>", subtype="html")

    assert read_mail(mail.as_bytes()).text == "Help\n\nSee this <https://acme.example/x>"


def test_pictures_in_the_text_and_files_beside_it_come_with_the_mail() -> None:
    mail = written("See below.")
    mail.add_related(PNG, maintype="image", subtype="png", cid="<shot@acme.example>")
    mail.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="../../etc/relatório.csv")

    found = read_mail(mail.as_bytes())

    assert [(one.name, one.media_type) for one in found.files] == [
        ("part-1.png", "image/png"),
        ("relatório.csv", "text/plain"),
    ]
    assert found.text == "See below."


def test_a_mail_within_a_mail_is_a_file() -> None:
    mail = written("Forwarded.")
    mail.add_attachment(written("The inner one", Subject="Inner"))

    found = read_mail(mail.as_bytes())

    assert found.text == "Forwarded."
    assert [one.name for one in found.files] == ["Inner.eml"]
    assert b"The inner one" in found.files[0].content


def test_what_is_too_large_too_many_or_empty_is_left_out_and_named() -> None:
    mail = written("Files.")
    mail.add_attachment(b"", maintype="application", subtype="zip", filename="empty.zip")
    mail.add_attachment(bytes(10 * 1024 * 1024 + 1), maintype="video", subtype="mp4", filename="long.mp4")
    for number in range(22):
        mail.add_attachment(b"x", maintype="text", subtype="plain", filename=f"{number}.txt")

    found = read_mail(mail.as_bytes())

    assert len(found.files) == 20
    assert found.left_out == ("empty.zip", "long.mp4", "20.txt", "21.txt")


@pytest.mark.parametrize(
    ("charset", "said"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "iso-8859-1"),
        ("cp1252", "iso-8859-1"),
        ("utf-8", "us-ascii"),
        ("utf-8", "x-unknown"),
        ("cp1252", "utf-8"),
        ("utf-8", '"'),
        ("utf-16", "utf-16"),
        ("utf-8", "idna"),
        ("utf-8", "hex"),
        ("utf-8", "unicode_escape"),
    ],
)
def test_a_text_is_read_also_where_its_charset_is_not_what_is_said(charset: str, said: str) -> None:
    head = f"From: a@acme.example\nContent-Type: text/plain; charset={said}\nContent-Transfer-Encoding: 8bit".encode()

    assert read_mail(head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + "Ação".encode(charset)).text == "Ação"


@pytest.mark.parametrize(
    ("field", "subject"),
    [
        ("=?utf-8?q?A=C3=A7=C3=A3o?=", "Ação"),
        ("=?iso-8859-1?Q?A=E7=E3o?= =?utf-8?b?IG7Do28=?=", "Ação não"),
        ("Ação", "Ação"),
        ("=?utf-8?q?a=0D=0ABcc:_thief=40evil.example?=", "a Bcc: thief@evil.example"),
        ("=?x-none?q?abc?=", "abc"),
        ("=?utf-8?b?!!!?=", ""),
        ("two\r\n lines", "two lines"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a" * 5000, "a" * 999 + "…"),
    ],
)
def test_a_subject_is_one_line_of_what_can_be_seen(field: str, subject: str) -> None:
    assert read_mail(b"Subject: " + field.encode() + b"\r\n\r\nx").subject == subject


@pytest.mark.parametrize(
    ("field", "author", "name"),
    [
        ("ops@acme.example", "ops@acme.example", None),
        ('"Zoé, B." <ops@acme.example>', "ops@acme.example", "Zoé, B."),
        ("=?utf-8?q?Zo=C3=A9=0D=0ATo=3A_x?= <ops@acme.example>", "ops@acme.example", "Zoé To: x"),
        ("ops@acme.example, eve@evil.example", "ops@acme.example", None),
        ("ops@acme.example <eve@evil.example>", "eve@evil.example", "ops@acme.example"),
        ('"ops@acme.example" <eve@evil.example>', "eve@evil.example", "ops@acme.example"),
        ("<ops@acme.example> <eve@evil.example>", "ops@acme.example", None),
        ("joão@correio.example", "joão@correio.example", None),
        ("ops@@acme.example", "envelope@acme.example", None),
        ("nobody", "envelope@acme.example", None),
        ("<ops@acme.example\x00>", "envelope@acme.example", None),
        ("ops@acme.example\r\n", "ops@acme.example", None),
        ("(" * 3000 + "ops@acme.example", "envelope@acme.example", None),
        ("", "envelope@acme.example", None),
    ],
)
def test_the_author_is_an_address_or_else_whom_the_envelope_names(field: str, author: str, name: str | None) -> None:
    found = read_mail(f"From: {field}\r\n\r\nx".encode(), Envelope("envelope@acme.example"))

    assert (found.author, found.name) == (author, name)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\0\0\0",
        b"no header at all",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\ncut off",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64!!!",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-none\r\n\r\nx",
        b"Content-Type: /;;;===\r\n\r\nx",
        b"Content-Type: message/rfc822\r\n\r\n" * 3000,
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (at, at) for at in range(900)),
        b"Content-Type: text/plain; " + b"a*0*=utf-8''%FF; " * 2000 + b"\r\n\r\nx",
        b"Content-Disposition: attachment; filename*=utf-8''%0d%0aX:%20y\r\n\r\nx",
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b--\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; x\r\nAction: failed\r\n\r\n--b--",
    ],
)
def test_whatever_comes_a_mail_is_read(broken: bytes) -> None:
    found = read_mail(broken)

    assert found.key.startswith("mail/")
    assert all(letter.isprintable() or letter in "\n\t" for letter in found.text)


def nested(depth: int) -> bytes:
    parts = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (at, at) for at in range(depth))
    return b"".join(parts)


@pytest.mark.parametrize("depth", [900, 5_000])
def test_of_a_mail_that_cannot_be_taken_apart_the_header_is_read_and_the_whole_is_a_file(depth: int) -> None:
    raw = b"From: Ana <ana@acme.example>\r\nSubject: Deep\r\nMessage-ID: <deep@acme.example>\r\n" + nested(depth)

    found = read_mail(raw)

    assert (found.author, found.subject, found.message_id) == ("ana@acme.example", "Deep", "deep@acme.example")
    assert [(one.name, one.content) for one in found.files] == [("mail.eml", raw)]


COSTLY = {
    "a hundred boundaries for two million lines": nested(99) + b"x\r\n" * 2_000_000,
    "a million headers": b"X: y\r\n" * 1_000_000,
    "many parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 200_000,
    "a million parameters": b"Content-Type: text/plain; " + b"a=b; " * 1_000_000 + b"\r\n\r\nx",
    "two million tags": b"Content-Type: text/html\r\n\r\n" + b"<" * 2_000_000,
}


@pytest.mark.parametrize("name", COSTLY)
def test_no_mail_costs_more_than_seconds(name: str) -> None:
    began = time.process_time()
    read_mail(COSTLY[name])

    assert time.process_time() - began < 5


MARKUP: dict[str, tuple[str, str]] = {
    "paragraphs": ("<p>a</p><p>b<br>c</p>", "a\n\nb\nc"),
    "lists": ("<ul><li>a<li>b</ul>", "- a\n- b"),
    "tables": ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\n\nc"),
    "entities": ("a &amp; b &lt;script&gt; &#233;", "a & b <script> é"),
    "what is not seen": ("<style>p{}</style><title>t</title>a<script>alert('<p>')</script >b<!-- <p>c</p> -->", "ab"),
    "a link": ("<a href=https://x.example>there</a>", "there <https://x.example>"),
    "a link that says where it leads": ("<a href='https://x.example/'>https://x.example</a>", "https://x.example"),
    "a link that is none": ("<a href='javascript:alert(1)'>x</a><a href=\"data:text/html,x\">y</a>", "xy"),
    "a quotation": ("a<blockquote>b<br>c</blockquote>d", "a\n> b\n> c\nd"),
    "no tags": ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
    "never closed": ("a<script>b", "a"),
}


@pytest.mark.parametrize("name", MARKUP)
def test_markup_becomes_what_a_reader_sees(name: str) -> None:
    markup, text = MARKUP[name]

    assert plain(markup).replace("\n>\n", "\n\n") == text


REPLIES: dict[str, tuple[str, str]] = {
    "above a quote": ("New.\n\nOn Thu, 8 Jan 2026, Support <s@p.example> wrote:\n> old\n>\n> older", "New."),
    "above a quote whose introduction takes two lines": (
        "New.\n\nEm qui., 8 de jan. de 2026 às 15:00, Apoio <s@p.example>\nescreveu:\n\n> old",
        "New.",
    ),
    "above a quote without an introduction": ("New.\n\n> old", "New."),
    "above Outlook's": (
        "New.\n\n________________________________\nFrom: Support\nSent: Thursday\nTo: Zoé\nSubject: [T-1]\n\nold",
        "New.",
    ),
    "above Outlook's in German": (
        "New.\n\n-----Ursprüngliche Nachricht-----\nVon: Support\nGesendet: Donnerstag\nAn: Zoé\n\nold",
        "New.",
    ),
    "with a signature": ("New.\n-- \nZoé\nACME", "New."),
    "with a signature above the quote": ("New.\n\n-- \nZoé\n\n> old", "New."),
    "between the lines": ("> Which page?\nThis.\n> Since?\nNoon.", "> Which page?\nThis.\n> Since?\nNoon."),
    "of a quote alone": ("> old", "> old"),
    "with nothing of the kind": ("I see:\n- this\n- that\n----\nend", "I see:\n- this\n- that\n----\nend"),
    "with words that end in a colon": ("The errors:\n\n> 500\n", "The errors:"),
    "with a table": ("____________________\nName: a", "____________________\nName: a"),
}  # fmt: skip


@pytest.mark.parametrize("name", REPLIES)
def test_of_a_reply_only_what_is_clearly_old_is_parted(name: str) -> None:
    text, new = REPLIES[name]

    reply = new_part(text)

    assert reply.text == new
    assert "".join((reply.text + reply.rest).split()) == "".join(text.split())  # nothing is lost


def test_what_a_mail_answers_is_told_the_nearest_first() -> None:
    mail = EmailMessage()
    mail["From"] = "ops@acme.example"
    mail["In-Reply-To"] = "<b@x> <c@x>"
    mail["References"] = "<a@x> <b@x> not-one <d @x>"

    found = read_mail(mail.as_bytes())

    assert found.references == ("b@x", "c@x", "a@x")
