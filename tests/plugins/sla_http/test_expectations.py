"""Each expectation on its own: what meets it, what does not, and with which words."""

from typing import Any

import pytest
from attrs import evolve

from sla_engine.model.duration import parse_duration
from sla_engine.model.instant import DAY
from sla_engine.plugin import Certificate, HttpResponse, Outcome, State
from sla_http.expectations import Degraded, Expect, ExpectBody, ExpectCertificate, ExpectHeader, findings

NOW = 1_800_000_000_000_000
LEAF = Certificate("CN = www", "CN = R11, O = Let's Encrypt", ("*.maxony.com",), NOW - DAY, NOW + 60 * DAY, "a" * 64)
ABOVE = Certificate("CN = R11, O = Let's Encrypt", "CN = ISRG Root X1", (), NOW - DAY, NOW + 12 * DAY, "b" * 64)
ANSWER = HttpResponse(
    status=200,
    headers={
        "x-node": ["lisbon-1"],
        "vary": ["Origin", "Accept"],
        "strict-transport-security": ["max-age=15552000; includeSubDomains"],
        "content-type": ["text/plain; charset=ISO-8859-1"],
    },
    body="Olá, não".encode("latin-1"),
    truncated=False,
    url="https://www.maxony.com/",
    address="192.0.2.1",
    version="2",
    phases={"connect": 0.1, "wait": 0.2},
    certificates=(LEAF, ABOVE),
    redirects_to="https://www.maxony.com/en/",
    tls="1.2",
)
MET = [
    Expect(status=[404, "200-204"]),
    Expect(headers={"X-Node": "lisbon", "Vary": "Origin, Accept"}),
    Expect(headers={"X-Node": ExpectHeader(equals="lisbon-1"), "Server": ExpectHeader(absent=True)}),
    Expect(headers={"X-Node": ExpectHeader(matches=r"^lisbon-\d$", not_matches="porto", not_contains="x")}),
    Expect(headers={"X-Node": ExpectHeader()}),
    Expect(body=ExpectBody(contains="não", not_matches="erro", max_size=8)),
    Expect(latency=parse_duration("300ms")),
    Expect(certificate_days=12),
    Expect(certificate=ExpectCertificate(issuer="ISRG", name="www.maxony.com", sha256=["B" * 64, "c" * 64])),
    Expect(certificate=ExpectCertificate(sha256=":".join(["aa"] * 32))),
    Expect(tls="1.2"),
    Expect(version="2", url="https://www.maxony.com/", redirect="https://www.maxony.com/en/"),
    Expect(hsts=parse_duration("180d")),
]
UNMET = [
    (Expect(status="3xx"), "status 200, expected 3xx"),
    (Expect(headers={"X-Node": "porto"}), "header X-Node without 'porto': 'lisbon-1', expected with 'porto'"),
    (Expect(headers={"Age": "1"}), "header Age missing, expected with '1'"),
    (Expect(headers={"Age": ExpectHeader()}), "header Age missing, expected any value"),
    (Expect(headers={"Age": ExpectHeader(not_contains="1")}), "header Age missing, expected a value"),
    (Expect(headers={"X-Node": ExpectHeader(equals="a")}), "header X-Node 'lisbon-1', expected 'a'"),
    (Expect(headers={"X-Node": ExpectHeader(absent=True)}), "header X-Node 'lisbon-1', expected none"),
    (Expect(body=ExpectBody(contains="sim")), "body without 'sim', expected with 'sim'"),
    (Expect(body=ExpectBody(not_matches="n.o")), "body with a match of 'n.o', expected without a match of 'n.o'"),
    (Expect(latency=parse_duration("299ms")), "latency 300 ms, expected at most 299ms"),
    (
        Expect(certificate_days=13),
        "certificate ends in 12.0 days (CN = R11, O = Let's Encrypt), expected at least 13 days",
    ),
    (
        Expect(certificate=ExpectCertificate(name="maxony.com")),
        "certificate for '*.maxony.com', expected for maxony.com",
    ),
    (
        Expect(certificate=ExpectCertificate(name="a.www.maxony.com")),
        "certificate for '*.maxony.com', expected for a.www.maxony.com",
    ),
    (Expect(tls="1.3"), "TLS version 1.2, expected at least 1.3"),
    (Expect(version="3"), "HTTP version 2, expected 3"),
    (Expect(url="https://x/"), "final address https://www.maxony.com/, expected https://x/"),
    (Expect(redirect="https://x/"), "redirect to https://www.maxony.com/en/, expected to https://x/"),
    (
        Expect(hsts=parse_duration("181d")),
        "header Strict-Transport-Security 'max-age=15552000; includeSubDomains', expected max-age of at least 181d",
    ),
]


@pytest.mark.parametrize("expect", MET)
def test_what_is_as_expected_is_told_as_such(expect: Expect) -> None:
    found = list(findings(expect, ANSWER, NOW))

    assert found
    assert {finding.state for finding in found} == {State.UP}


@pytest.mark.parametrize(("expect", "reason"), UNMET, ids=[reason for _, reason in UNMET])
def test_what_is_not_as_expected_is_down(expect: Expect, reason: str) -> None:
    outcome = Outcome.judged(findings(expect, ANSWER, NOW))

    assert (outcome.state, outcome.reason) == ("down", reason)


@pytest.mark.parametrize(("expect", "reason"), UNMET, ids=[reason for _, reason in UNMET])
def test_any_expectation_may_be_one_of_degraded(expect: Expect, reason: str) -> None:
    fields = {name: getattr(expect, name) for name in expect.__slots__ if not name.startswith("__")}
    if "status" not in reason:
        fields["status"] = None

    outcome = Outcome.judged(findings(Degraded(**fields), ANSWER, NOW, State.DEGRADED))

    assert (outcome.state, outcome.reason) == ("degraded", reason)


def test_what_may_stand_beyond_what_was_read_of_a_body_cannot_be_told() -> None:
    cut = evolve(ANSWER, truncated=True)

    missing = Outcome.judged(findings(Expect(body=ExpectBody(contains="sim")), cut, NOW))
    too_large = Outcome.judged(findings(Expect(body=ExpectBody(contains="sim", max_size=100)), cut, NOW))

    assert missing.state == "error"
    assert missing.reason == "body without 'sim' in the 8 bytes that max_body lets be read, expected with 'sim'"
    assert (too_large.state, too_large.reason) == ("down", "body of 8 bytes and more, expected at most 100")


@pytest.mark.parametrize(
    "expect",
    [
        Expect(certificate_days=1),
        Expect(certificate=ExpectCertificate(issuer="x")),
        Expect(certificate=ExpectCertificate(sha256="a" * 64)),
        Expect(tls="1.2"),
    ],
)
def test_over_plain_http_no_expectation_of_tls_is_met(expect: Expect) -> None:
    plain = evolve(ANSWER, certificates=(), tls=None)

    outcome = Outcome.judged(findings(expect, plain, NOW))

    assert outcome.state == "down"
    assert "none, as the connection is not encrypted" in str(outcome.reason)


@pytest.mark.parametrize("charset", ["zip", "punycode", "idna", "unicode_escape", "nonsense", "utf-7"])
def test_a_server_cannot_choose_how_hard_its_text_is_to_read(charset: str) -> None:
    hostile = evolve(ANSWER, headers={"content-type": [f"text/plain; charset={charset}"]}, body="não".encode())

    assert Outcome.judged(findings(Expect(body=ExpectBody(contains="não")), hostile, NOW)).state == "up"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (ExpectHeader, {"absent": True, "equals": "x"}),
        (ExpectHeader, {"matches": "("}),
        (ExpectBody, {"sha256": "00"}),
        (ExpectCertificate, {"sha256": "zz"}),
        (Degraded, {"status": "6xx"}),
    ],
)
def test_what_makes_no_sense_is_refused(kind: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"absent|RE2|sha256|status"):
        kind(**fields)
