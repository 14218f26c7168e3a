import json
import re
from pathlib import Path

from sla_engine.cli.probe import command

FOLDER = Path(__file__).parents[3] / "docs" / "probes"
GUIDE = (FOLDER / "README.md").read_text()


def test_every_option_has_its_line_in_the_guide() -> None:
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}

    assert options == set(re.findall(r"^\| `(--[a-z]+)", GUIDE, re.MULTILINE))


def test_every_built_in_probe_has_its_line_in_the_guide() -> None:
    probes = (FOLDER.parents[1] / "plugins").glob("sla_*/probe.py")
    plugins = {path.parent.name.removeprefix("sla_") for path in probes}

    assert plugins == set(re.findall(r"^\| \[`([a-z]+)`\]\(\1\.md\) \|", GUIDE, re.MULTILINE))


def test_every_key_of_the_json_has_its_line_in_the_guide() -> None:
    [shown] = re.findall(r"--format json\n(\{.*?^\})", GUIDE, re.DOTALL | re.MULTILINE)
    explained = re.findall(r"`([a-z]+)`", "".join(re.findall(r"^\| (`.*?`) \| ", GUIDE, re.MULTILINE)))

    assert set(json.loads(shown)) <= set(explained)
