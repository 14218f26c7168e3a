"""Who may see tickets in the web, and by which secrets, as ``[access.ID]`` says it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from attrs import evolve, frozen

from sla_engine.plugin.fields import Secret
from sla_engine.policy.codes import Code
from sla_engine.policy.diagnostics import Related
from sla_engine.policy.documents import AccessTable
from sla_engine.policy.findings import Findings, Place, related_to
from sla_engine.policy.merge import Entry

Role: TypeAlias = Literal["agent", "customer"]


@frozen
class Access:
    """Somebody who is let in.

    Attributes:
        id: as it is entered with what is done to tickets.
        customer: whose tickets a customer sees; None for agents, who see all.
        tokens: where the secrets are of which each lets in.
    """

    id: str
    role: Role
    customer: str | None
    tokens: tuple[Secret, ...]


def build_access(entries: Mapping[str, Entry], findings: Findings) -> Mapping[str, Access]:
    """Everybody who is let in, by id; faults go to ``findings``."""
    seen: dict[Secret, Place] = {}
    for entry in entries.values():
        _role(entry.table, entry.place, findings)
        for secret, place in _tokens(entry.table, entry.place):
            if secret in seen:
                _twice(place, related_to("it is named first here", seen[secret]), findings)
            seen.setdefault(secret, place)
    return {name: _access(name, entry) for name, entry in entries.items()}


def _role(table: AccessTable, place: Place, findings: Findings) -> None:
    if table.role == "customer" and table.customer is None:
        message = "a customer sees only what is of one customer, and none is named"
        findings.error(Code.MISSING_KEY, place, message, 'add customer = "..."', at_key=True)
    if table.role == "agent" and table.customer is not None:
        message = "agents see the tickets of all customers"
        findings.error(
            Code.CONFLICTING_KEYS, place.at("customer"), message, 'take customer out, or write role = "customer"'
        )


def _twice(place: Place, first: Related, findings: Findings) -> None:
    message = "this token lets somebody in already, so that nobody could tell who it is"
    findings.error(Code.CONFLICTING_KEYS, place, message, "give each a token of their own", related=[first])


def _tokens(table: AccessTable, place: Place) -> Iterator[tuple[Secret, Place]]:
    yield table.token, place.at("token")
    for index, secret in enumerate(table.former):
        yield secret, place.at("former", index)


def _access(name: str, entry: Entry) -> Access:
    table: AccessTable = entry.table
    folder = Path(entry.place.file.name).parent
    tokens = tuple(_located(secret, folder) for secret in (table.token, *table.former))
    return Access(name, table.role, table.customer, tokens)


def _located(secret: Secret, folder: Path) -> Secret:
    """The secret; where it stands in a file, as seen from the folder of the policy file that names it."""
    return evolve(secret, reference=str(folder / secret.reference)) if secret.source == "file" else secret
