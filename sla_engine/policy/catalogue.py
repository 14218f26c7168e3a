"""What each code of the linter means: why the rule is there, a bad and a good example, and what it follows."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from attrs import frozen

from sla_engine.policy.codes import Code


@frozen
class Explanation:
    """One code, for people.

    Attributes:
        title: what is wrong, in a few words.
        reason: why it is a fault.
        bad, good: TOML that fires it, and the same made right; empty where no single file shows it.
        source: the rule that it follows.
    """

    code: Code
    title: str
    reason: str
    bad: str
    good: str
    source: str

    def text(self) -> str:
        """The explanation for a terminal."""
        parts = [f"{self.code}: {self.title}", self.reason]
        if self.bad:
            parts += [f"Wrong:\n\n{_indented(self.bad)}", f"Right:\n\n{_indented(self.good)}"]
        return "\n\n".join([*parts, f"Source: {self.source}."])

    def markdown(self) -> str:
        """The explanation for the documents."""
        parts = [f"## {self.code}: {self.title}", self.reason]
        if self.bad:
            parts += [f"Wrong:\n\n```toml\n{self.bad}```", f"Right:\n\n```toml\n{self.good}```"]
        return "\n\n".join([*parts, f"Source: {self.source}."])


@cache
def catalogue() -> Mapping[Code, Explanation]:
    """Every code's explanation, in the order of the codes."""
    tables = tomllib.loads(files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8"))
    return {
        code: Explanation(
            code=code,
            title=table["title"],
            reason=table["reason"],
            bad=table.get("bad", ""),
            good=table.get("good", ""),
            source=table["source"],
        )
        for code, table in ((code, tables[code]) for code in Code)
    }


def reference() -> str:
    """The page of all codes, as ``docs/codes.md`` holds it."""
    found = catalogue().values()
    head = (
        "# The linter's codes\n\nWritten by `sla explain --format markdown`. Codes never change their meaning. "
        "Codes 0xx are about files, 1xx about the language, 2xx about the sense of a contract."
    )
    table = "\n".join(["| code | what is wrong |", "|---|---|", *(f"| {one.code} | {one.title} |" for one in found)])
    return "\n\n".join([head, table, *(one.markdown() for one in found)]) + "\n"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.rstrip().splitlines())
