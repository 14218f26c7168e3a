"""Macros in SPF records: ``%{i}`` and what else stands for the mail at hand (RFC 7208, 7)."""

import re
from collections.abc import Mapping
from urllib.parse import quote

_MACRO = re.compile(r"%\{([slodiphvcrt])(\d*)(r?)([.\-+,/_=]*)\}", re.IGNORECASE)
_PLAIN = re.compile(r"[\x21-\x24\x26-\x7e]+")
_ESCAPES = {"%%": "%", "%_": " ", "%-": "%20"}
_ONLY_EXPLAINED = "crt"
_LONGEST = 253
_TOP_LABEL = re.compile(r"(?=.*[A-Za-z\-])[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?")


class MacroError(ValueError):
    """There is no such macro."""


def check_macros(text: str) -> None:
    """Refuse what the grammar does not know.

    Raises:
        MacroError: naming it.
    """
    at = 0
    while at < len(text):
        if text[at : at + 2] in _ESCAPES:
            at += 2
            continue
        found = _MACRO.match(text, at) or _PLAIN.match(text, at)
        if found is None or (found.re is _MACRO and found[2] and int(found[2][:9]) == 0):
            raise MacroError(f"{text[at : at + 20]!r} is no macro")
        at = found.end()


def check_domain(text: str) -> None:
    """Refuse what is no domain, with or without macros: it ends with one, or with the name of a top-level domain.

    Raises:
        MacroError: naming it.
    """
    check_macros(text)
    letters = {found[1].lower() for found in _MACRO.finditer(text)}
    if bad := letters & set(_ONLY_EXPLAINED):
        raise MacroError(f"the macro %{{{min(bad)}}} may stand in explanations only")
    if _MACRO.fullmatch(text[text.rfind("%") :]):
        return
    before, dot, top = text.removesuffix(".").rpartition(".")
    if not dot or not before or not _TOP_LABEL.fullmatch(top):
        raise MacroError(f"{text[:80]!r} is no domain")


def needs(text: str, letter: str) -> bool:
    """Whether a text has a macro of that letter."""
    return any(found[1].lower() == letter for found in _MACRO.finditer(text))


def expand(text: str, values: Mapping[str, str]) -> str:
    """A domain with what its macros stand for; too long a one is cut from the left, label by label.

    Args:
        values: by the macro's letter, in lower case.
    """
    told = re.sub(r"%[%_\-]|%\{[^}]*\}", lambda found: _value(found[0], values), text).removesuffix(".")
    while len(told) > _LONGEST and "." in told:
        told = told.partition(".")[2]
    return told


def _value(written: str, values: Mapping[str, str]) -> str:
    if written in _ESCAPES:
        return _ESCAPES[written]
    found = _MACRO.fullmatch(written)
    assert found is not None
    letter, digits, reverse, delimiters = found.groups()
    parts = re.split(f"[{re.escape(delimiters or '.')}]", values[letter.lower()])
    if reverse:
        parts.reverse()
    told = ".".join(parts[-int(digits[:9]) :] if digits else parts)
    return quote(told, safe="-._~") if letter.isupper() else told
