"""One step of a check that takes several, such as logging in, asking, and logging out."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from attrs import field, frozen

from sla_api.expectations import DegradedJson, ExpectJson
from sla_api.graphql import GraphQL
from sla_api.placeholders import check_name, names_in
from sla_api.sending import check_one_body
from sla_api.taking import Take, as_take
from sla_engine.plugin import Secret

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_MOST_STEPS = 20


@frozen
class ApiStep:
    """One request of several. What it takes from its answer stands for ``{name}`` in the texts of later steps."""

    name: str  # what it is called where it fails, and as a phase
    url: str  # address, or a path that is joined to the check's url; may hold {name}
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = "GET"  # what to ask
    headers: Mapping[str, str | Secret] = field(factory=dict)  # further headers, beside those of the check
    body: str | None = None  # text to send
    form: Mapping[str, str | Secret] = field(factory=dict)  # or fields of a form to send
    json: object | None = None  # or a value to send as JSON
    graphql: GraphQL | None = None  # or a query to send
    expect: ExpectJson = field(factory=ExpectJson)  # what the answer must be like; otherwise later steps are left out
    degraded: DegradedJson = field(factory=DegradedJson)  # what makes an answer that is up degraded
    take: Mapping[str, str | Take] = field(factory=dict)  # values by name: a JSONPath, or a table that says where
    always: bool = False  # cleans up: is done also after a step has failed, in time that is kept for it

    def __attrs_post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"name {self.name!r} is none: write lower case letters, digits and hyphens, as in log-in")
        check_one_body(self.body, self.form, self.json, self.graphql)
        for name, written in self.take.items():
            check_name(name)
            as_take(written)


def check_steps(steps: Sequence[ApiStep], secrets: Mapping[str, Secret]) -> None:
    """Refuse steps that could never work together.

    Raises:
        ValueError: one name twice, a value that is used before it is taken, or a wrong order.
    """
    if len(steps) > _MOST_STEPS:
        raise ValueError(f"there are {len(steps)} steps: write at most {_MOST_STEPS}")
    names = [step.name for step in steps]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two steps are called {twice!r}: write another name")
    if sorted(steps, key=lambda step: step.always) != list(steps):
        raise ValueError("a step that is always done cleans up after the others: write it last")
    if all(step.always for step in steps):
        raise ValueError("all steps clean up, after nothing: write a step without always")
    _check_names(steps, set(secrets))


def _check_names(steps: Sequence[ApiStep], known: set[str]) -> None:
    taken = {name for step in steps for name in step.take}
    if both := sorted(taken & known):
        raise ValueError(f"{both[0]!r} is both a secret and taken: write another name")
    for step in steps:
        # In a body, braces may be the body's own; in addresses and headers they are not.
        strict = set(names_in([step.url, dict(step.headers)]))
        if unknown := sorted((strict | (taken & names_used(step))) - known):
            raise ValueError(f"step {step.name!r} uses {{{unknown[0]}}}, which no step before it takes")
        known |= step.take.keys()


def names_used(step: ApiStep) -> set[str]:
    """Whatever stands between braces where values are put in."""
    variables = dict(step.graphql.variables) if step.graphql else {}
    return set(names_in([step.url, dict(step.headers), step.body, dict(step.form), step.json, variables]))
