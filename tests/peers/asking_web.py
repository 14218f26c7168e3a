"""The same wishes, as each tool is told them."""

from typing import Any

from sla_engine.model.duration import Duration
from sla_http.expectations import Degraded, Expect, ExpectBody
from sla_http.probe import HttpProbe
from tests.peers.web_targets import WebTarget


def our_probe(target: WebTarget, port: int, ca_file: str) -> HttpProbe:
    return HttpProbe(
        url=target.url(port),
        ca_file=ca_file if target.certificate else None,
        expect=Expect(body=ExpectBody(contains=target.contains)),
        degraded=Degraded(
            latency=Duration(round(target.slower_than * 1_000_000)) if target.slower_than else None,
            certificate_days=target.days,
        ),
    )


def check_http(target: WebTarget, port: int) -> list[str]:
    """It verifies no certificate, but can ask how long it lasts."""
    command = ["check_http", "-H", target.host, "-p", str(port), "-s", target.contains]
    command += ["-f", "follow", "--max-redirs=5", "-t", str(target.patience)]
    if target.url(port).startswith("https:"):
        command += ["-S", "--sni", "-C", f"{target.days or 0},0", "--continue-after-certificate"]
    if target.slower_than:
        command += ["-w", str(target.slower_than)]
    return command


def blackbox_module(target: WebTarget, ca_file: str) -> dict[str, Any]:
    """It has no degree between up and down; days and latency are metrics, for others to judge."""
    http: dict[str, Any] = {"fail_if_body_not_matches_regexp": [target.contains], "preferred_ip_protocol": "ip4"}
    if target.certificate:
        http["tls_config"] = {"ca_file": ca_file}
    if target.is_zipped:
        http |= {"compression": "gzip", "headers": {"Accept-Encoding": "gzip"}}
    return {"prober": "http", "timeout": f"{target.patience}s", "http": http}
