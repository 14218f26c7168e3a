"""Does a web address answer as it should? What is not as expected is named, with what was seen."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Literal

from attrs import field, frozen

from sla_engine.plugin import Finding, HttpError, HttpRequest, HttpResponse, Outcome, Probe, ProbeRun, Secret, State
from sla_http.asking import Family, Version, check_url, form_body, header_values, with_body
from sla_http.expectations import Degraded, Expect, certificate_days_left, findings

_MEBIBYTE = 1024 * 1024


@frozen
class HttpProbe(Probe):
    """Ask a web address, and hold its answer against what is expected.

    Stages: resolve, connect, tls, send, wait, receive. A fault on the way can never pass an expectation.
    """

    url: str  # address, in full
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = "GET"  # what to ask
    headers: Mapping[str, str | Secret] = field(factory=dict)  # further headers
    body: str | None = None  # text to send
    form: Mapping[str, str | Secret] = field(factory=dict)  # or fields of a form to send
    redirects: int = 5  # how many may be followed; with 0 the redirect itself is the answer
    verify: bool = True  # whether the certificate must be valid for the name
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)
    version: Version | None = None  # HTTP version to offer; default: what both sides agree on
    family: Family | None = None  # addresses to use; default: either
    max_body: int = _MEBIBYTE  # bytes of the body to read
    expect: Expect = Expect()  # what the answer must be like; otherwise it is down
    degraded: Degraded = Degraded()  # what makes an answer that is up degraded

    def __attrs_post_init__(self) -> None:
        check_url(self.url)
        if self.body is not None and self.form:
            raise ValueError("body and form both say what to send: give one of them")
        if not 0 <= self.redirects <= 20:
            raise ValueError("redirects must be from 0 to 20")

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
        request = HttpRequest(
            url=self.url,
            method=self.method,
            headers=headers,
            private_headers=private,
            redirects=self.redirects,
            verify=self.verify,
            ca_file=self.ca_file,
            version=self.version,
            family=self.family,
            max_body=self.max_body,
        )
        if self.form:
            return with_body(request, form_body(self.form, run), "application/x-www-form-urlencoded")
        if self.body is not None:
            return with_body(request, self.body.encode(), "text/plain; charset=utf-8")
        return request

    def judge(self, answer: HttpResponse, now: int) -> Outcome:
        """The outcome for an answer."""
        found = findings(self.expect, answer, now)
        worse = findings(self.degraded, answer, now, State.DEGRADED)
        return outcome_of(chain(found, worse), answer, now)


def outcome_of(found: Iterable[Finding], answer: HttpResponse, now: int) -> Outcome:
    """As bad as the worst of the findings, with what else is known of the answer."""
    values = {"status": float(answer.status), "size": float(len(answer.body))}
    if (left := certificate_days_left(answer, now)) is not None:
        values["certificate_days_left"] = left
    return Outcome.judged(found, phases=answer.phases, values=values, evidence=_evidence(answer))


def from_error(error: HttpError) -> Outcome:
    """Down where the target failed, error where we did."""
    verdict = Outcome.error if error.ours else Outcome.down
    evidence = "\n".join(f"certificate: {certificate.subject}" for certificate in error.certificates)
    return verdict(str(error), phases=error.phases, evidence=evidence)


def _evidence(answer: HttpResponse) -> str:
    lines = [f"{answer.url} answered {answer.status} from {answer.address} over HTTP/{answer.version}"]
    lines += [f"redirected to {address}" for address in answer.redirects]
    lines += [f"certificate: {certificate.subject}, by {certificate.issuer}" for certificate in answer.certificates]
    return "\n".join(lines)
