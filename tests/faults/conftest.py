import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sla_engine.model.duration import Duration
from sla_engine.model.service import Check
from sla_engine.registry.clock import SystemClock
from sla_engine.registry.host import PluginHost, load_plugins
from sla_engine.registry.runs import Equipment, make_equipment, make_guards


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PluginHost]:
    """The plugins, with a package of misbehaving ones installed beside the engine's own, for these tests only."""
    target = tmp_path_factory.mktemp("zoo")
    source = Path(__file__).parent / "zoo"
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--target", str(target)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(source)], check=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(target)
        yield load_plugins()


@pytest.fixture
def make_check(zoo: PluginHost) -> Callable[..., Check]:
    """A check of one of the zoo's probes."""

    def make(probe: str = "animal", *, seconds: float = 10, name: str = "check", **settings: object) -> Check:
        built = zoo.probes[probe](**settings)
        return Check("zoo", name, probe, built, Duration(int(seconds * 1_000_000)))

    return make


@pytest.fixture
async def equipment(zoo: PluginHost) -> "Iterator[Equipment]":
    built = make_equipment(zoo, make_guards((), ()), SystemClock(), {"ZOO_SECRET": "correct horse battery"})
    yield built
    await built.aclose()
