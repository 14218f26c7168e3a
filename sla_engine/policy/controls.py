"""The controls that ``engine.control`` names, checked: each entry is told on its own when it is none."""

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import TypeVar

from sla_engine.model.controls import Controls, Endpoint
from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings
from sla_engine.policy.merge import Entry
from sla_engine.policy.variables import replace_variables

_T = TypeVar("_T", str, Endpoint)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_LONGEST_NAME = 253
_ENDPOINT = re.compile(r"(?:\[(?P<bracketed>[0-9a-f:.]+)\]|(?P<plain>[^:\[\]]+)):(?P<port>[0-9]{1,5})", re.IGNORECASE)


def build_controls(engine: Entry | None, environ: Mapping[str, str], findings: Findings) -> Controls:
    """The controls of the engine's table; faults go to ``findings``.

    Args:
        environ: what ``${NAME}`` is replaced from.
    """
    if engine is None or engine.table is None:
        return Controls()
    place, table = engine.place.at("control"), engine.table.control

    def read(key: str, texts: Sequence[str], parse: Callable[[str], _T]) -> tuple[_T, ...]:
        found: list[_T] = []
        for index, written in enumerate(texts):
            here = place.at(key, index)
            text = replace_variables(written, here, environ, findings)
            try:
                found.append(parse(text))
            except ValueError as error:
                message, _, help_ = str(error).partition(": write ")
                findings.error(Code.WRONG_VALUE, here, message, f"write {help_}")
        return tuple(dict.fromkeys(found))

    return Controls(read("resolve", table.resolve, _host_name), read("connect", table.connect, _endpoint))


def _host_name(text: str) -> str:
    if _version(text):
        raise ValueError(f"{text!r} is an address, which needs no resolving: write a host name such as one.one.one.one")
    if not _is_host_name(text):
        raise ValueError(f"{text!r} is no host name: write one such as one.one.one.one")
    return text


def _endpoint(text: str) -> Endpoint:
    """``host:port``, where an IPv6 address stands in brackets (RFC 3986, 3.2.2)."""
    found = _ENDPOINT.fullmatch(text)
    if found is not None and 1 <= int(found["port"]) <= 65535:
        bracketed, plain, port = found["bracketed"], found["plain"], int(found["port"])
        if bracketed and _version(bracketed) == 6:
            return Endpoint(bracketed, port)
        if plain and (_version(plain) == 4 or _is_host_name(plain)):
            return Endpoint(plain, port)
    raise ValueError(f"{text!r} is no host and port: write them as in 1.1.1.1:443 or [2606:4700:4700::1111]:443")


def _version(text: str) -> int | None:
    """4 or 6 for a numeric address, else None."""
    try:
        return ip_address(text).version
    except ValueError:
        return None


def _is_host_name(text: str) -> bool:
    """By RFC 1123, 2.1; one whose last label is a number would be read as an address."""
    labels = text.removesuffix(".").split(".")
    return (
        len(text) <= _LONGEST_NAME and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdecimal()
    )
