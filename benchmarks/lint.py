"""Linting 10,000 customers' files, beside tomllib alone reading the same files."""

import resource
import tempfile
import tomllib
from pathlib import Path

from measuring import compare

from sla_engine.policy import Plugins, compile_policies

CUSTOMERS = 10_000
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
        root = Path(folder)
        (root / "customers").mkdir()
        (root / "standard.toml").write_text(STANDARD)
        for number in range(CUSTOMERS):
            (root / "customers" / f"c{number}.toml").write_text(CUSTOMER.format(n=number))
        compare(
            f"{CUSTOMERS} files",
            CUSTOMERS,
            {"tomllib alone": lambda: read(root), "ours, all rules": lambda: lint(root)},
        )
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def read(root: Path) -> None:
    """What parsing alone takes."""
    for path in root.rglob("*.toml"):
        tomllib.loads(path.read_text())


def lint(root: Path) -> None:
    """The whole compilation."""
    compilation = compile_policies([root], plugins=Plugins({}, {}), environ={})
    assert compilation.policies is not None, compilation.text


if __name__ == "__main__":
    main()
