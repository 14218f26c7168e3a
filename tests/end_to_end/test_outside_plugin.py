"""A plugin in a folder of its own, installed with pip, adds a probe without a line changed here."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sla_engine.testing.servers.web import Page, WebServer

GUIDE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plugin of the guide, word for word, installed where nothing else is."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("site")
    for language, comment in (("python", "# tcp_probe.py"), ("toml", "# pyproject.toml")):
        [code] = re.findall(rf"```{language}\n({re.escape(comment)}\n.*?)```", GUIDE, re.DOTALL)
        (source / comment.removeprefix("# ")).write_text(code)
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, "--target", target, source], check=True)
    return target


def test_the_guides_plugin_is_listed_checked_and_probes(installed: Path, installation: Any) -> None:
    installation.environ["PYTHONPATH"] = str(installed)
    with WebServer({"/": Page("x")}) as web:
        policy = '[service.cache]\nevery = "1s"\ncheck.port = {{ probe = "tcp", host = "127.0.0.1", port = {port} }}\n'
        installation.write("cache.toml", policy.format(port=web.port))
        up = installation.sla("probe", "cache")
        web.break_("/")
        web.refuse()
        down = installation.sla("probe", "cache")
        listed = installation.sla("plugins")
        installation.write("cache.toml", policy.format(port='"many"'))
        refused = installation.sla("lint")

    assert re.search(r"tcp +sla-tcp-probe 1\.0", listed.stdout)
    assert "cache/port  UP" in up.stdout, up.stderr + up.stdout
    assert down.returncode == 1
    assert "connect: " in down.stdout
    assert "expected a port from 1 to 65535" in refused.stdout
    assert "cache.toml:3:" in refused.stdout


def test_the_running_engine_probes_with_it(installed: Path, installation: Any) -> None:
    installation.environ["PYTHONPATH"] = str(installed)
    with WebServer({"/": Page("x")}) as web:
        installation.write(
            "cache.toml",
            f'[service.cache]\nevery = "1s"\ncheck.port = {{ probe = "tcp", host = "127.0.0.1", port = {web.port} }}\n',
        )
        installation.start()
        installation.wait_for(cache="up")
        web.refuse()
        installation.wait_for(cache="down")
        installation.stop()
