import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

Sla = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def sla(tmp_path: Path) -> Sla:
    """Run the command line as its user does, in a folder of its own."""

    def run(*arguments: str | Path, stdin: str | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [Path(sys.executable).with_name("sla"), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            input=stdin,
            env={"PATH": "/usr/bin:/bin", **environ},
            timeout=PATIENCE,
        )

    return run


@pytest.fixture(scope="session")
def maxony() -> Path:
    return Path(__file__).parents[2] / "policies" / "maxony"
