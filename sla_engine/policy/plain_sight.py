"""What a look at a plugin's table shows without asking anybody: addresses that are never reached, and secrets.

Addresses are judged again when a check connects, where a name has become a number. What is a number already is told
here, so that nobody waits for a check that can never say how a service is.
"""

import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from sla_engine.model.addresses import Address, forms_of, is_metadata, is_public
from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.spans import Path

_NAME_HOSTS = {"host", "server", "nameserver", "mx"}
"""The keys whose text may be a host without a scheme before it."""
_ABOUT_ANSWERS = {"expect", "degraded"}
"""What stands below these is compared with what a server answers, and connected to by nobody."""
_METADATA_NAMES = {"metadata.google.internal", "metadata.goog", "instance-data.ec2.internal"}
_LOG_IN = re.compile(r"(?:proxy-)?authorization|cookie|.*(?:api-?key|token|secret|password)", re.IGNORECASE)
_REPLACED = "{"
"""What ``${NAME}`` and ``{name}`` begin with: a text that has it stands for what is elsewhere."""


def look_at(written: Any, replaced: Any, place: Place, findings: Findings) -> None:
    """Warn of addresses that no check reaches, and of secrets that stand in addresses and headers.

    Args:
        written: the table as the file has it.
        replaced: the same with its variables replaced.
    """
    for path, text in _texts(replaced, ()):
        if fault := _never_reached(path, text, place.file.is_customers):
            help_ = "name a host that may be reached; engine.targets cannot allow this one"
            findings.warn(Code.NEVER_REACHED, place.at(*path), fault, help_)
    for path, text in _texts(written, ()):
        if holds_password(text):
            message = "a password stands in this address, in clear"
            help_ = 'take it out, and write username = "..." and password = { env = "NAME" }'
            findings.warn(Code.SECRET_IN_CLEAR, place.at(*path), message, help_)
        elif path[:-1] == ("headers",) and _LOG_IN.fullmatch(str(path[-1])) and _REPLACED not in text:
            message = f"the header {path[-1]} lets in, and stands here in clear"
            help_ = f'write {path[-1]} = {{ env = "NAME" }}, with all that follows the colon'
            findings.warn(Code.SECRET_IN_CLEAR, place.at(*path), message, help_)


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in _ABOUT_ANSWERS:
                yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))


def holds_password(text: str) -> bool:
    """Whether a text is an address with a password in clear, as in ``postgresql://user:password@host/name``."""
    parts = _split(text)
    return parts is not None and bool(parts.password) and _REPLACED not in str(parts.password)


def _never_reached(path: Path, text: str, is_customers: bool) -> str | None:
    """Why no check reaches what a text names, or None where it names nothing, or something that may be reached."""
    host = _host(path, text)
    if host is None:
        return None
    name = host.lower().rstrip(".")
    address = _numeric(name)
    forms = () if address is None else forms_of(address)
    if name in _METADATA_NAMES or is_metadata(forms):
        return f"{host} is a cloud's metadata service, which no check may reach"
    if is_customers and (not is_public(forms) or name == "localhost" or name.endswith(".localhost")):
        return f"{host} is no public address, and what a file under customers/ names must be one"
    return None


def _host(path: Path, text: str) -> str | None:
    parts = _split(text)
    if parts is None and path and path[-1] in _NAME_HOSTS:
        if _numeric(text) is not None:
            return text
        parts = _split(f"//{text}")
    with suppress(ValueError):
        return None if parts is None else parts.hostname
    return None


def _split(text: str) -> SplitResult | None:
    if "//" not in text:
        return None
    try:
        return urlsplit(text)
    except ValueError:
        return None


def _numeric(host: str) -> Address | None:
    """The address that a text is, in each of the ways in which systems read one: ``127.1``, ``0x7f000001``."""
    with suppress(ValueError):
        return ip_address(host.partition("%")[0])
    if host[:1].isdigit():
        with suppress(OSError):
            return IPv4Address(socket.inet_aton(host))
    return None
