"""Rules about the engine's own settings: addresses that are some, and patterns that something can match."""

import re
from ipaddress import ip_network

from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.merge import Merged
from sla_engine.policy.plain_sight import holds_password

_LISTENER = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:\[\]/]*):(?P<port>[0-9]{1,5})")
_HOSTS = re.compile(r"[\w*?.\[\]!-]+")
_HIGHEST_PORT = 65535


def check_engine(merged: Merged, findings: Findings) -> None:
    """What is wrong with the store, with the address of the web, and with the targets that probes may reach."""
    if merged.engine is None or merged.engine.table is None:
        return
    table, place = merged.engine.table, merged.engine.place
    _store(table.store, place.at("store"), findings)
    if not _is_listener(table.listen):
        message = f"{table.listen!r} is no address to listen at"
        findings.error(Code.WRONG_VALUE, place.at("listen"), message, "write host:port, as in 127.0.0.1:8080")
    for key in ("allow", "deny"):
        for index, pattern in enumerate(getattr(table.targets, key)):
            if not _is_pattern(pattern):
                message = f"{pattern!r} matches no target"
                help_ = "write hosts, as in *.example.com, or a network, as in 10.0.0.0/8: no scheme, and no port"
                findings.error(Code.WRONG_VALUE, place.at("targets", key, index), message, help_)


def _store(store: str, place: Place, findings: Findings) -> None:
    if "://" not in store:
        message = f"{store!r} is no address of a store"
        findings.error(Code.WRONG_VALUE, place, message, "write sqlite:///var/sla.db or postgresql://user@host/name")
    elif holds_password(store):
        message = "the store's password stands here in clear"
        help_ = "take it out: PostgreSQL reads PGPASSWORD and ~/.pgpass, and `sla run` the whole address from SLA_STORE"
        findings.warn(Code.SECRET_IN_CLEAR, place, message, help_)


def _is_listener(address: str) -> bool:
    found = _LISTENER.fullmatch(address)
    return found is not None and int(found["port"]) <= _HIGHEST_PORT


def _is_pattern(pattern: str) -> bool:
    try:
        return bool(ip_network(pattern, strict=False))
    except ValueError:
        return _HOSTS.fullmatch(pattern) is not None
