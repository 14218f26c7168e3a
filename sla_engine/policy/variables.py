"""Texts that come from the environment, so that one contract runs against any installation."""

import re
from collections.abc import Mapping

from sla_engine.policy.codes import Code
from sla_engine.policy.findings import Findings, Place

_NAME = "[A-Za-z_][A-Za-z0-9_]*"
_VARIABLE = re.compile(rf"\$\{{({_NAME})(?::-([^}}]*))?\}}")


def is_name(text: str) -> bool:
    """Whether a variable can be called so."""
    return re.fullmatch(_NAME, text) is not None


def variables_in(text: str) -> list[str]:
    """The names of the variables in a text."""
    return [found[1] for found in _VARIABLE.finditer(text)]


def replace_variables(text: str, place: Place, environ: Mapping[str, str], findings: Findings) -> str:
    """The text with ``${NAME}`` and ``${NAME:-default}`` replaced; a variable without either is a fault.

    As in a shell, the default stands for a variable that is empty too.
    """

    def value_of(found: re.Match[str]) -> str:
        name, default = found.groups()
        value = environ.get(name)
        if value is None and default is None:
            help_ = f"set {name}, or give a default: ${{{name}:-...}}"
            findings.error(Code.UNSET_VARIABLE, place, f"the environment has no {name}", help_)
        return value or default or ""

    return _VARIABLE.sub(value_of, text)


def are_set(text: str, environ: Mapping[str, str]) -> bool:
    """Whether every variable in a text has a value or a default."""
    return all(found[2] is not None or found[1] in environ for found in _VARIABLE.finditer(text))
