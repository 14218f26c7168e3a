"""Web servers, good and bad, and why a peer that judges one otherwise than we do is right or wrong."""

import ssl
import warnings
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from attrs import field, frozen

from sla_engine.testing.servers.certificates import LocalAuthority
from tests.peers.conversations import (
    FOR_EVER,
    OK,
    PAGE,
    Answer,
    drips,
    opens_with,
    page,
    redirects_to,
    resets,
    says,
    zipped,
    zips,
)

Certificate = Callable[[LocalAuthority], ssl.SSLContext]
SHORT = 3
"""Seconds that are waited for a server which will never do what it should."""


@frozen
class WebTarget:
    """A web server, and what its operator expects of it.

    Attributes:
        answer: what it says; None where nobody listens.
        certificate: what it presents; None over plain HTTP.
        scheme: by which it is asked; None: as it is served.
        host: where it listens.
        contains: what the page must hold.
        slower_than: seconds from which it is worse than it should be.
        days: of which a certificate must have as many left.
        is_zipped: whether gzip was agreed on.
        patience: seconds after which nobody waits any more.
        why: for each tool that says otherwise than we, why.
    """

    answer: Answer | None
    certificate: Certificate | None = None
    scheme: str | None = None
    host: str = "127.0.0.1"
    contains: str = "Maxony"
    slower_than: float | None = None
    days: int | None = None
    is_zipped: bool = False
    patience: int = 10
    why: Mapping[str, str] = field(factory=dict)

    def url(self, port: int) -> str:
        """The address that is asked for."""
        scheme = self.scheme or ("https" if self.certificate else "http")
        return f"{scheme}://{f'[{self.host}]' if ':' in self.host else self.host}:{port}/"


def lasting(**valid_for: Any) -> Certificate:
    """A good certificate that ends then."""
    return lambda authority: authority.server_context("127.0.0.1", "localhost", valid_for=timedelta(**valid_for))


def of_another(authority: LocalAuthority) -> ssl.SSLContext:
    return authority.server_context("other.example")


def untrusted(_: LocalAuthority) -> ssl.SSLContext:
    return LocalAuthority().server_context()


def old_protocol(authority: LocalAuthority) -> ssl.SSLContext:
    context = authority.server_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that they are old is the point
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


GOOD = lasting(days=90)
ZEROS = bytes(20 * 1024 * 1024)

VERIFIES_NOTHING = "It verifies neither the issuer nor the name, so that anybody may sit in between."
ONLY_WARNS = "A warning, as for all that is wrong without being an error of the server; customers get no page."
NOT_KNOWN = "UNKNOWN, as if it had failed itself; but the server answered, and what it said is of no use."

WEB_TARGETS: dict[str, WebTarget] = {
    "a page as expected": WebTarget(says(page())),
    "a page without a length": WebTarget(says(OK + b"Content-Type: text/html\r\n\r\n<h1>Maxony</h1>")),
    "a page in gzip, where asked for": WebTarget(zips(PAGE), is_zipped=True),
    "a page on IPv6 only": WebTarget(says(page()), host="::1"),
    "an interim answer first": WebTarget(says(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", page())),
    "503 after an interim answer": WebTarget(
        says(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", page(status=b"503 Service Unavailable")),
        why={"check_http": "It takes the interim answer's status for the answer's, and the 503 for the page."},
    ),
    "NUL bytes in the page": WebTarget(says(page(b"\0\0 Maxony"))),
    "3 MB, the text at the end": WebTarget(
        says(page(b"x" * 3_000_000 + b"Maxony")),
        why={
            "check_http": "It reads all. We stop at `max_body`, 1 MiB by default, and claim nothing of the rest.",
            "blackbox": "It reads all. We stop at `max_body`, 1 MiB by default, and claim nothing of the rest.",
        },
    ),
    "a redirect to the page": WebTarget(redirects_to(b"/good")),
    "redirects for ever": WebTarget(redirects_to(b"/again")),
    "a redirect to a file": WebTarget(
        redirects_to(b"file:///etc/passwd"),
        why={"check_http": "It takes the file for a path of the server, and warns of redirects without an end."},
    ),
    "a redirect to nowhere": WebTarget(says(page(b"", status=b"302 Found")), why={"check_http": NOT_KNOWN}),
    "404": WebTarget(says(page(status=b"404 Not Found")), why={"check_http": ONLY_WARNS}),
    "503": WebTarget(says(page(status=b"503 Service Unavailable"))),
    "another text": WebTarget(says(page(b"Back soon"))),
    "slower than it should be": WebTarget(says(page(), after=0.4), slower_than=0.3),
    "nobody listens": WebTarget(None),
    "says nothing": WebTarget(opens_with(b"", hears=FOR_EVER), patience=SHORT),
    "hangs up": WebTarget(says()),
    "resets": WebTarget(resets()),
    "speaks no HTTP": WebTarget(opens_with(b"SSH-2.0-OpenSSH_9.2\r\n", hears=FOR_EVER), patience=SHORT),
    "a body cut short": WebTarget(
        says(OK + b"Content-Length: 99\r\n\r\n<h1>Maxony</h1>"),
        why={"check_http": "It does not count what was announced; half a page is no page."},
    ),
    "a body cut short by a reset": WebTarget(
        resets(OK + b"Content-Length: 99\r\n\r\n<h1>Maxony</h1>"),
        why={"check_http": "It takes a reset for an end; half a page is no page."},
    ),
    "chunks cut short": WebTarget(
        says(OK + b"Transfer-Encoding: chunked\r\n\r\n6\r\nMaxony\r\n"), why={"check_http": NOT_KNOWN}
    ),
    "chunks of no length": WebTarget(
        says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nMaxony\r\n"), why={"check_http": NOT_KNOWN}
    ),
    "a page that never ends": WebTarget(drips(OK + b"\r\nMaxony", b"x"), patience=SHORT),
    "headers that never end": WebTarget(drips(OK, b"X-Slow: y\r\n"), patience=SHORT),
    "a header of 1 MB": WebTarget(
        says(OK + b"X-Long: " + b"a" * 1_000_000 + b"\r\n\r\nMaxony"),
        why={
            "check_http": "It reads without a bound; browsers and proxies refuse a header of this size.",
            "blackbox": "Its bound is 10 MB; browsers and proxies refuse a header of this size.",
        },
    ),
    "1,000 headers": WebTarget(
        says(page(b"Maxony", *[b"X-Many: y"] * 1_000)),
        why={
            "check_http": "It reads without a bound. Ours is 256 lines: a page has 20, common proxies refuse over 100.",
            "blackbox": "Its bound is 10 MB. Ours is 256 lines: a page has 20, common proxies refuse over 100.",
        },
    ),
    "a gzip bomb": WebTarget(
        says(zipped(b"Maxony" + ZEROS)),
        is_zipped=True,
        why={"blackbox": "It inflates without a bound unless told one, at the cost of every other probe's memory."},
    ),
    "damaged gzip": WebTarget(
        says(page(b"Maxony" * 9, b"Content-Encoding: gzip")),
        is_zipped=True,
        why={"check_http": "It asks for no encoding and does not look whether there is one; a browser shows nothing."},
    ),
    "https": WebTarget(says(page()), GOOD),
    "https, the certificate ends soon": WebTarget(says(page()), lasting(days=5), days=14),
    "https, expired": WebTarget(says(page()), lasting(days=-1)),
    "https, for another name": WebTarget(says(page()), of_another, why={"check_http": VERIFIES_NOTHING}),
    "https, untrusted": WebTarget(says(page()), untrusted, why={"check_http": VERIFIES_NOTHING}),
    "https, TLS 1.1 at most": WebTarget(says(page()), old_protocol),
    "https, but it speaks plain HTTP": WebTarget(opens_with(page(status=b"400 Bad Request"), hears=1), scheme="https"),
    "http, but it speaks TLS": WebTarget(says(page()), GOOD, scheme="http"),
}
