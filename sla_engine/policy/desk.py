"""Whether what a policy says of support by mail can be done: addresses are some, and what goes together is there."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from sla_engine.model.duration import Duration
from sla_engine.model.instant import SECOND
from sla_engine.policy.codes import Code
from sla_engine.policy.documents import DeskTable, MailboxTable
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.merge import Entry

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*/=?^_`{|}~.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_DELIMITER = re.compile(r"[+=_.-]?")
_PLAIN = re.compile(r"[ -~]+")
_LEAST = Duration(5 * SECOND)


def check_desk(engine: Entry | None, findings: Findings) -> None:
    """Report what is wrong with the desk's keys for mail."""
    if engine is None or engine.table is None:
        return
    desk: DeskTable = engine.table.desk
    place = engine.place.at("desk")
    wrong = _Wrong(findings, place)
    if desk.address is not None and not _ADDRESS.fullmatch(desk.address):
        wrong.value("address", f"{desk.address!r} is no mail address", "write it as support@example.com")
    if not _DELIMITER.fullmatch(desk.delimiter):
        wrong.value("delimiter", f"{desk.delimiter!r} parts no address", 'write "+", "-" or ""')
    if desk.listen is not None and not is_listener(desk.listen):
        wrong.value("listen", f"{desk.listen!r} is no place to take mail at", "write lmtp://127.0.0.1:8024, or smtp://")
    if desk.replies < 0:
        wrong.value("replies", "no fewer than none can be answered", "write 0, or more")
    if desk.resolver is not None and not _is_nameserver(desk.resolver):
        wrong.value("resolver", f"{desk.resolver!r} is no nameserver", "write its address, as in 192.0.2.53:53")
    for key in ("listen", "mailbox"):
        if getattr(desk, key) is not None and desk.address is None:
            findings.error(
                Code.MISSING_KEY,
                place.at(key),
                "mails are taken, and it is not said to which address",
                'write engine.desk.address = "support@example.com"',
            )
    if desk.mailbox is not None:
        _check_mailbox(desk.mailbox, _Wrong(findings, place.at("mailbox")))


class _Wrong:
    """Reports wrong values at their keys."""

    def __init__(self, findings: Findings, place: Place) -> None:
        self._findings, self._place = findings, place

    def value(self, key: str, message: str, help_: str) -> None:
        self._findings.error(Code.WRONG_VALUE, self._place.at(key), message, help_)


def is_listener(address: str) -> bool:
    """Whether mail can be taken there: a protocol, a host and a port."""
    parts = urlsplit(address)
    return parts.scheme in {"lmtp", "smtp"} and bool(_port(parts)) and _is_bare(parts)


def _check_mailbox(box: MailboxTable, wrong: _Wrong) -> None:
    parts = urlsplit(box.server)
    if parts.scheme not in {"imap", "imaps"} or not _is_bare(parts) or _port(parts) == 0:
        wrong.value("server", f"{box.server!r} is no mail server", "write imaps://mail.example.com")
    elif parts.scheme == "imap" and box.tls == "none" and not _is_this_machine(parts.hostname or ""):
        wrong.value(
            "tls", "the password would cross the network unencrypted", 'write tls = "starttls", or a server imaps://'
        )
    for key in ("username", "folder", "move_to"):
        word = getattr(box, key)
        if word is not None and not _PLAIN.fullmatch(word):
            wrong.value(key, f"{word!r} has other characters than ASCII", "write it as the server itself does")
    if (box.after == "move") != (box.move_to is not None):
        wrong.value("after", "a folder and moving mails to it go together", 'write after = "move", move_to = "Done"')
    if box.every < _LEAST:
        wrong.value("every", f"a mailbox is looked into every {_LEAST} at most", "write 1m")


def _is_bare(parts: SplitResult) -> bool:
    """Whether an address names a host, and neither a login nor a path."""
    return bool(parts.hostname) and "@" not in parts.netloc and parts.path in {"", "/"} and not parts.query


def _port(parts: SplitResult) -> int | None:
    """The port that is written, 0 where it is none."""
    try:
        return parts.port
    except ValueError:
        return 0


def _is_nameserver(text: str) -> bool:
    """Whether this is a numeric address, with a port or without."""
    host = text if text.count(":") > 1 and not text.startswith("[") else urlsplit(f"//{text}").hostname or ""
    try:
        return bool(ip_address(host)) and (host == text or _port(urlsplit(f"//{text}")) != 0)
    except ValueError:
        return False


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
