"""HTTP for plugins: one request in, one answer with its phases out."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from attrs import field, frozen

from sla_engine.model.instant import Instant
from sla_engine.plugin.outcome import Doubt

MEBIBYTE = 1024 * 1024


@frozen
class HttpRequest:
    """What to ask for. Cookies that answers set go along with the later requests of one run, as browsers have it.

    Attributes:
        url: absolute, ``http`` or ``https``.
        method: any token.
        headers: sent as given; a redirect to another host takes no credentials along (``authorization``, ``cookie``,
            the client's certificate).
        private_headers: names of further headers that hold credentials, in any case.
        private_texts: what the dialogue must not tell wherever it stands, such as a token in an address.
        body: bytes to send, or None.
        redirects: how many may be followed; with 0 the redirect itself is the answer.
        verify: whether the certificate must be valid for the name.
        ca_file: certificates to trust instead of the system's, or None.
        certificate_file, key_file: the client's certificate and its key (PEM), or None; the key may stand in the
            certificate's file.
        key_password: opens the key, or None.
        proxy: the address of a proxy, with its port: ``http://``, ``https://``, or ``socks5h://``, whose proxy resolves
            the name. None asks the target itself, whatever the environment says.
        proxy_login: user and password for the proxy, or None.
        version: the HTTP version to offer, or None for what libcurl and the server agree on.
        family: which addresses to use, or None for either.
        max_body: bytes of the body to read, before and after decompression.
        wants_body: whether to keep what was read; otherwise its length is all that is told.
        wants_tls: whether to tell the version of TLS, which takes libcurl 0.1 ms.
        reuse: whether to talk over a connection that an earlier request of this run left open, and to leave it open.
        timeout: seconds for everything together; never beyond the run's deadline.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(factory=dict)
    private_headers: frozenset[str] = frozenset()
    private_texts: frozenset[str] = field(default=frozenset(), repr=False)
    body: bytes | None = None
    redirects: int = 5
    verify: bool = True
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    key_password: str | None = field(default=None, repr=False)
    proxy: str | None = None
    proxy_login: tuple[str, str] | None = field(default=None, repr=False)
    version: Literal["1.0", "1.1", "2", "3"] | None = None
    family: Literal["ipv4", "ipv6"] | None = None
    max_body: int = MEBIBYTE
    wants_body: bool = True
    wants_tls: bool = False
    reuse: bool = False
    timeout: float | None = None


@frozen
class Certificate:
    """A certificate that a server presented.

    Attributes:
        subject, issuer: distinguished names, as one line.
        names: the DNS names and addresses it is for.
        not_before, not_after: from when to when it is valid.
        sha256: its fingerprint, 64 hexadecimal digits; empty where the client does not tell it.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: Instant
    not_after: Instant
    sha256: str = ""


@frozen
class HttpResponse:
    """What came back.

    Attributes:
        status: of the last answer.
        headers: names in lower case, each with all its values in order.
        body: at most ``max_body`` bytes, after ``gzip`` or ``deflate`` was undone; empty where it was not wanted.
        size: how many bytes of it were read.
        truncated: whether there was more.
        url: of the last request, after redirects.
        address: the numeric address that answered.
        version: ``1.1``, ``2`` or ``3``.
        phases: seconds of ``resolve``, ``connect``, ``tls``, ``send``, ``wait`` and ``receive``, each summed over the
            redirects; together they are the total.
        certificates: the chain that was presented, leaf first; empty over plain HTTP.
        redirects: the addresses that were followed.
        redirects_to: the absolute address that a redirect which was not followed leads to, or None.
        tls: the version of TLS that was spoken, such as ``1.3``; None over plain HTTP or where it was not wanted.
    """

    status: int
    headers: Mapping[str, Sequence[str]]
    body: bytes
    truncated: bool
    url: str
    address: str
    version: str
    phases: Mapping[str, float]
    certificates: tuple[Certificate, ...] = ()
    redirects: tuple[str, ...] = ()
    redirects_to: str | None = None
    size: int = 0
    tls: str | None = None


class HttpError(Exception):
    """No answer was had.

    Attributes:
        stage: the phase in which it failed (``resolve``, ``connect``, ``tls``, ``send``, ``wait``, ``receive``), or
            ``request`` (it cannot be sent), ``guard`` (an address was refused), ``proxy`` (it cannot be used),
            ``redirect`` (one that is not followed), ``decode`` (the body cannot be decompressed).
        reason: what happened, for people.
        phases: seconds of each stage that was reached.
        ours: whether it is the monitor's own failure (no descriptors, no route at all), so that nothing is known of the
            target.
        certificates: what was presented before it failed, leaf first.
        doubt: whether the monitor's own network may be the cause, or None; see `Doubt`.
    """

    def __init__(
        self,
        stage: str,
        reason: str,
        *,
        phases: Mapping[str, float],
        ours: bool = False,
        certificates: tuple[Certificate, ...] = (),
        doubt: Doubt | None = None,
    ) -> None:
        super().__init__(f"{stage}: {reason}")
        self.stage = stage
        self.reason = reason
        self.phases = phases
        self.ours = ours
        self.certificates = certificates
        self.doubt = doubt


class HttpClient(Protocol):
    """The engine's shared client: a fresh connection for each request unless one is to be used again, every connect
    behind the network guard."""

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """Ask, and wait for the whole answer.

        Raises:
            HttpError: no answer was had.
        """
        ...
