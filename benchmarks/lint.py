"""Linting 10,000 customers' files, beside tomllib alone reading the same files: by stage, by number, and in memory."""

import resource
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

from measuring import hold, race, spent

from sla_engine.policy import Plugins, compile_policies
from sla_engine.policy.findings import Findings
from sla_engine.policy.merge import merge
from sla_engine.policy.source import SourceFile, read_sources

CUSTOMERS = 10_000
FEW = 2_500
MOST_RATIO = 2.5
MOST_MEMORY = 300.0
STANDARD = """
[calendar.office]
timezone = "GMT+1"
hours.mon-fri = "08:00-17:00"
[service.api]
every = "1m"
[sla.standard]
timezone = "GMT+1"
response.first = { within = "4h", during = "office" }
"""
CUSTOMER = """
[customer.c{n}]
name = "Customer {n} S.A."
number = "C-{n}"
contacts = ["ops@c{n}.example", "it@c{n}.example"]
language = "fr"
sla = "standard"
since = 2026-01-01

[customer.c{n}.response.first]
within = "1h"
during = "always"
[[customer.c{n}.amendment]]
from = 2026-07-01
response.first.within = "30m"
"""


def main() -> None:
    """Print what a file costs, and the peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        many, few = Path(folder, "many"), Path(folder, "few")
        write(many, CUSTOMERS)
        write(few, FEW)
        costs = race(
            f"{CUSTOMERS} files",
            {
                "tomllib alone": each(CUSTOMERS, lambda: read(many)),
                "ours, reading": each(CUSTOMERS, lambda: sources(many)),
                "ours, reading and structuring": each(CUSTOMERS, lambda: structured(many)),
                "ours, all rules": each(CUSTOMERS, lambda: lint(many)),
                f"ours, all rules, {FEW} files": each(FEW, lambda: lint(few)),
            },
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    hold("beside tomllib", costs["ours, all rules"] / costs["tomllib alone"], MOST_RATIO, "x")
    hold(
        "a file of many beside one of few", costs["ours, all rules"] / costs[f"ours, all rules, {FEW} files"], 1.2, "x"
    )
    hold("peak memory", memory, MOST_MEMORY, "MB")


def write(root: Path, customers: int) -> None:
    """A standard agreement, and a file for each customer."""
    (root / "customers").mkdir(parents=True)
    (root / "standard.toml").write_text(STANDARD)
    for number in range(customers):
        (root / "customers" / f"c{number}.toml").write_text(CUSTOMER.format(n=number))


def each(files: int, work: Callable[[], object]) -> Callable[[], float]:
    """A round of the work; gives what a file costs."""
    return lambda: spent(work, files)


def read(root: Path) -> None:
    """What parsing alone takes."""
    for path in root.rglob("*.toml"):
        tomllib.loads(path.read_text())


def sources(root: Path) -> list[SourceFile]:
    """Found, looked through for what is hostile, and parsed."""
    return read_sources([root])[0]


def structured(root: Path) -> None:
    """Tables made values, not linked."""
    merge(sources(root), Findings(), strict_customers=True)


def lint(root: Path) -> None:
    """The whole compilation."""
    compilation = compile_policies([root], plugins=Plugins({}, {}), environ={})
    assert all(found.level == "warning" for found in compilation.diagnostics), compilation.text


if __name__ == "__main__":
    main()
