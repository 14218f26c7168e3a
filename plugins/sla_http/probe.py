"""Does a web address answer as it should? What is not as expected is named, with what was seen."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import Literal

from attrs import field, frozen

from sla_engine.plugin import (
    Certificate,
    Finding,
    HttpError,
    HttpRequest,
    HttpResponse,
    Outcome,
    Probe,
    ProbeRun,
    Secret,
    State,
)
from sla_http.asking import (
    Family,
    Version,
    basic_login,
    check_proxy,
    check_url,
    form_body,
    header_values,
    revealed,
    with_body,
)
from sla_http.expectations import Degraded, Expect, certificate_days_left, findings

_MEBIBYTE = 1024 * 1024
_LARGEST_BODY = 64 * _MEBIBYTE
_MOST_REDIRECTS = 20
_NAMES_TOLD = 20
_SECOND = 1_000_000
_NEEDED = {"key_file": "certificate_file", "key_password": "certificate_file", "proxy_username": "proxy"}


@frozen
class HttpProbe(Probe):
    """Ask a web address, and hold its answer against what is expected.

    Stages: resolve, connect, tls, send, wait, receive. A fault on the way can never pass an expectation.
    """

    url: str  # address, in full
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = "GET"  # what to ask
    headers: Mapping[str, str | Secret] = field(factory=dict)  # further headers
    username: str | None = None  # logs in (Basic) where given
    password: Secret | None = None  # with this password
    body: str | None = None  # text to send
    form: Mapping[str, str | Secret] = field(factory=dict)  # or fields of a form to send
    redirects: int = 5  # how many may be followed; with 0 the redirect itself is the answer
    verify: bool = True  # whether the certificate must be valid for the name
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)
    certificate_file: str | None = None  # client certificate to show (PEM)
    key_file: str | None = None  # its key, unless it stands in the same file (PEM)
    key_password: Secret | None = None  # what opens the key
    proxy: str | None = None  # proxy to go through: http://, https:// or socks5h://, with its port
    proxy_username: str | None = None  # logs in at the proxy where given
    proxy_password: Secret | None = None  # with this password
    version: Version | None = None  # HTTP version to offer; default: what both sides agree on
    family: Family | None = None  # addresses to use; default: either
    max_body: int = _MEBIBYTE  # bytes of the body to read
    expect: Expect = Expect()  # what the answer must be like; otherwise it is down
    degraded: Degraded = Degraded()  # what makes an answer that is up degraded where it is not met

    def __attrs_post_init__(self) -> None:
        check_url(self.url)
        if self.proxy is not None:
            check_proxy(self.proxy)
        if self.body is not None and self.form:
            raise ValueError("body and form both say what to send: give one of them")
        if not 0 <= self.redirects <= _MOST_REDIRECTS:
            raise ValueError(f"redirects must be from 0 to {_MOST_REDIRECTS}")
        if not 0 <= self.max_body <= _LARGEST_BODY:
            raise ValueError(f"max_body must be from 0 to {_LARGEST_BODY} bytes")
        self._check_logins()

    def _check_logins(self) -> None:
        for name in ("", "proxy_"):
            if (getattr(self, f"{name}username") is None) != (getattr(self, f"{name}password") is None):
                raise ValueError(f"{name}username and {name}password go together: give both or neither")
        if self.username is not None and "authorization" in {name.lower() for name in self.headers}:
            raise ValueError("username and a header Authorization both log in: give one of them")
        for key, needed in _NEEDED.items():
            if getattr(self, key) is not None and getattr(self, needed) is None:
                raise ValueError(f"{key} is of no use without {needed}")

    async def run(self, run: ProbeRun) -> Outcome:
        try:
            answer = await run.http.fetch(self.request(run))
        except LookupError as error:
            return Outcome.error(f"secret: {error.args[0]}")
        except HttpError as error:
            return from_error(error)
        return self.judge(answer, run.clock.now())

    def request(self, run: ProbeRun) -> HttpRequest:
        """The request that the check's keys describe."""
        headers, private = header_values(self.headers, run)
        if self.username is not None:
            headers["Authorization"] = basic_login(self.username, revealed(self.password, run) or "")
        login = None if self.proxy_username is None else (self.proxy_username, revealed(self.proxy_password, run) or "")
        request = HttpRequest(
            url=self.url,
            method=self.method,
            headers=headers,
            private_headers=private,
            redirects=self.redirects,
            verify=self.verify,
            ca_file=self.ca_file,
            certificate_file=self.certificate_file,
            key_file=self.key_file,
            key_password=revealed(self.key_password, run),
            proxy=self.proxy,
            proxy_login=login,
            version=self.version,
            family=self.family,
            max_body=self.max_body,
            wants_body=self._reads("body"),
            wants_tls=self._reads("tls"),
        )
        if self.form:
            return with_body(request, form_body(self.form, run), "application/x-www-form-urlencoded")
        if self.body is not None:
            return with_body(request, self.body.encode(), "text/plain; charset=utf-8")
        return request

    def _reads(self, part: Literal["body", "tls"]) -> bool:
        """Whether an expectation looks at a part of the answer; those of a probe that extends this one may."""
        sides = (self.expect, self.degraded)
        return any(type(side) not in (Expect, Degraded) or getattr(side, part) is not None for side in sides)

    def judge(self, answer: HttpResponse, now: int) -> Outcome:
        """The outcome for an answer."""
        found = findings(self.expect, answer, now)
        worse = findings(self.degraded, answer, now, State.DEGRADED)
        return outcome_of(chain(found, worse), answer, now)


def outcome_of(found: Iterable[Finding], answer: HttpResponse, now: int) -> Outcome:
    """As bad as the worst of the findings, with what else is known of the answer."""
    values = {"status": float(answer.status), "size": float(answer.size)}
    if (left := certificate_days_left(answer, now)) is not None:
        values["certificate_days_left"] = left
    return Outcome.judged(found, phases=answer.phases, values=values, evidence=_evidence(answer))


def from_error(error: HttpError) -> Outcome:
    """Down where the target failed, error where we did."""
    verdict = Outcome.error if error.ours else Outcome.down
    evidence = "\n".join(_told(certificate) for certificate in error.certificates)
    return verdict(str(error), phases=error.phases, evidence=evidence, doubt=error.doubt)


def _evidence(answer: HttpResponse) -> str:
    over = f"HTTP/{answer.version}" + (f" and TLS {answer.tls}" if answer.tls else "")
    lines = [f"{answer.url} answered {answer.status} from {answer.address} over {over}"]
    lines += [f"redirected to {address}" for address in answer.redirects]
    lines += [_told(certificate) for certificate in answer.certificates]
    return "\n".join(lines)


def _told(certificate: Certificate) -> str:
    names = ", ".join(certificate.names[:_NAMES_TOLD]) or "no names"
    first, last = (
        datetime.fromtimestamp(at // _SECOND, UTC).date() for at in (certificate.not_before, certificate.not_after)
    )
    return (
        f"certificate: {certificate.subject}, for {names}, by {certificate.issuer}, valid from {first} to {last}, "
        f"SHA-256 {certificate.sha256}"
    )
