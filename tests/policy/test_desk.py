"""What the engine's table says of support by mail, and what is told of it where it cannot be done."""

from collections.abc import Callable

import pytest

from sla_engine.plugin import Secret
from sla_engine.policy import Compilation

Compiled = Callable[..., Compilation]
ADDRESS = 'address = "support@example.com"\n'
MAILBOX = 'username = "support"\npassword = { env = "PASSWORD" }\n'


def test_mails_are_taken_from_a_server_and_fetched_from_a_mailbox(compiled: Compiled, small: str) -> None:
    desk = f"""
[engine.desk]
{ADDRESS}
listen = "lmtp://127.0.0.1:8024"
[engine.desk.mailbox]
server = "imaps://mail.example.com"
{MAILBOX}
after = "move"
move_to = "Done"
"""

    compilation = compiled(small + desk)

    assert compilation.policies is not None, compilation.text
    box = compilation.policies.engine.desk.mailbox
    assert box is not None
    assert (box.folder, str(box.every), box.password) == ("INBOX", "1m", Secret("env", "PASSWORD"))


def test_mails_are_for_an_address(compiled: Compiled, small: str) -> None:
    compilation = compiled(small + '[engine.desk]\nlisten = "lmtp://127.0.0.1:8024"\n')

    assert "mails are taken, and it is not said to which address" in compilation.text


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('address = "support"', "is no mail address"),
        ('address = "Support <support@example.com>"', "is no mail address"),
        ('address = "support@example.com\\r\\nRCPT TO:<x@y>"', "is no mail address"),
        (f'{ADDRESS}delimiter = "::"', "parts no address"),
        (f'{ADDRESS}listen = "127.0.0.1:8024"', "no place to take mail at"),
        (f'{ADDRESS}listen = "lmtp://127.0.0.1"', "no place to take mail at"),
        (f'{ADDRESS}listen = "lmtp://127.0.0.1:80240"', "no place to take mail at"),
        (f'{ADDRESS}listen = "http://127.0.0.1:8024"', "no place to take mail at"),
        (f"{ADDRESS}replies = -1", "no fewer than none"),
        ('resolver = "ns1.example.com"', "is no nameserver"),
        ('resolver = "192.0.2.53:99999"', "is no nameserver"),
    ],
)
def test_what_cannot_be_done_is_told(compiled: Compiled, small: str, written: str, told: str) -> None:
    assert told in compiled(f"{small}[engine.desk]\n{written}\n").text


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('server = "mail.example.com"', "is no mail server"),
        ('server = "imaps://anna:secret@mail.example.com"', "is no mail server"),
        ('server = "imaps://mail.example.com:99999"', "is no mail server"),
        ('server = "imap://mail.example.com"\ntls = "none"', "cross the network unencrypted"),
        ('server = "imaps://mail.example.com"\nfolder = "Anfragen für uns"', "other characters than ASCII"),
        ('server = "imaps://mail.example.com"\nfolder = "a\\r\\nb"', "other characters than ASCII"),
        ('server = "imaps://mail.example.com"\nafter = "move"', "go together"),
        ('server = "imaps://mail.example.com"\nmove_to = "Done"', "go together"),
        ('server = "imaps://mail.example.com"\nevery = "1s"', "every 5s at most"),
    ],
)
def test_a_mailbox_that_cannot_be_asked_is_told(compiled: Compiled, small: str, written: str, told: str) -> None:
    desk = f"{small}[engine.desk]\n{ADDRESS}[engine.desk.mailbox]\n{MAILBOX}{written}\n"

    assert told in compiled(desk).text


def test_a_password_does_not_stand_in_a_policy(compiled: Compiled, small: str) -> None:
    box = 'server = "imaps://mail.example.com"\nusername = "support"\npassword = "open-sesame"\n'

    compilation = compiled(f"{small}[engine.desk]\n{ADDRESS}[engine.desk.mailbox]\n{box}")

    assert "a secret must not stand in a policy" in compilation.text
    assert "open-sesame" not in compilation.text
