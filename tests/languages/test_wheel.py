"""The texts of every language are in the package that people install."""

from pathlib import Path
from zipfile import ZipFile

from hatchling.builders.wheel import WheelBuilder

import sla_engine
from sla_engine.model.text import LANGUAGES


def test_the_catalogues_are_in_the_wheel(tmp_path: Path) -> None:
    root = Path(sla_engine.__file__).parents[1]

    [wheel] = WheelBuilder(str(root)).build(directory=str(tmp_path), versions=["standard"])

    names = ZipFile(wheel).namelist()
    assert {f"sla_engine/languages/locale/{code}.po" for code in LANGUAGES if code != "en"} <= set(names)
    assert "sla_engine/web/templates/status.html" in names
