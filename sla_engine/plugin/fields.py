"""Types for the fields of a plugin's class beyond Python's own; each is checked at the line where a policy gives it.

Also understood: ``str``, ``int``, ``float``, ``bool``, ``Literal``, ``list``/``tuple``/``dict`` of these, ``X | None``,
and nested attrs classes. A field whose name ends in an underscore (``from_``) is written without it.
"""

from typing import NewType

from attrs import frozen

from sla_engine.model.duration import Duration
from sla_engine.model.percent import Percent

__all__ = ["Duration", "Percent", "Port", "Secret"]

Port = NewType("Port", int)
"""A TCP or UDP port, 1 to 65535."""


@frozen
class Secret:
    """A reference to a secret, never the secret.

    Written ``{ env = "NAME" }``, ``{ file = "path" }`` or ``{ plugin = "reference" }``.

    ``run.secrets.reveal(secret)`` gives the text, at the moment it is used.

    Attributes:
        source: ``env``, ``file`` or ``plugin``.
        reference: the variable's name, the file's path, or what the plugin understands.
    """

    source: str
    reference: str

    def __str__(self) -> str:
        return f"secret from {self.source} {self.reference}"
