"""The same wishes, as each tool is told them."""

from base64 import b64encode
from typing import Any

from sla_engine.plugin import Port, Secret
from sla_smtp.probe import SmtpProbe
from tests.peers.mail_targets import MailTarget

SENDER, RECIPIENT, USER = "probe@b.example", "a@b.example", "probe"


def our_probe(target: MailTarget, port: int, ca_file: str) -> SmtpProbe:
    return SmtpProbe(
        host=target.host,
        port=Port(port),
        tls=target.tls,
        ca_file=ca_file if target.tls != "none" else None,
        username=USER if target.password else None,
        password=Secret("env", target.password) if target.password else None,
        auth="login",
        mail_from=SENDER,
        rcpt_to=RECIPIENT,
    )


def check_smtp(target: MailTarget, port: int) -> list[str]:
    """It verifies no certificate, greets at the most over TLS from the first byte, and sends nothing after a login."""
    if target.tls == "implicit":
        return ["check_ssmtp", "-H", target.host, "-p", str(port), "-t", str(target.patience)]
    command = ["check_smtp", "-H", target.host, "-p", str(port), "-t", str(target.patience)]
    if target.tls == "starttls":
        command += ["-S"]
    if target.password:
        return [*command, "-A", "LOGIN", "-U", USER, "-P", target.password]
    return [*command, "-C", f"MAIL FROM:<{SENDER}>", "-R", "250", "-C", f"RCPT TO:<{RECIPIENT}>", "-R", "250"]


def blackbox_module(target: MailTarget, ca_file: str) -> dict[str, Any]:
    """A dialogue of lines that are waited for, as in its own examples."""
    steps: list[dict[str, Any]] = [{"expect": "^220 "}, says("EHLO probe.example")]
    if target.tls == "starttls":
        steps += [{"expect": "^250[- ]STARTTLS"}, says("STARTTLS"), {"expect": "^220 "}, {"starttls": True}]
        steps += [says("EHLO probe.example")]
    steps += [{"expect": "^250 "}]
    if target.password:
        steps += [says("AUTH LOGIN"), {"expect": "^334"}, says(in_base64(USER)), {"expect": "^334"}]
        steps += [says(in_base64(target.password)), {"expect": "^235"}]
    steps += [says(f"MAIL FROM:<{SENDER}>"), {"expect": "^250 "}, says(f"RCPT TO:<{RECIPIENT}>"), {"expect": "^250 "}]
    steps += [says("QUIT"), {"expect": "^221 "}]
    tcp = {"query_response": steps, "tls": target.tls == "implicit", "tls_config": {"ca_file": ca_file}}
    return {"prober": "tcp", "timeout": f"{target.patience}s", "tcp": tcp | {"preferred_ip_protocol": "ip4"}}


def says(line: str) -> dict[str, str]:
    """It ends a line with a bare line feed, unless told otherwise."""
    return {"send": f"{line}\r"}


def in_base64(text: str) -> str:
    return b64encode(text.encode()).decode()
