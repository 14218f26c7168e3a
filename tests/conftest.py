import shutil

import pytest

CHROMIUM = shutil.which("chromium")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the browser's tests out where there is no browser, and say so: a skip would look like a pass."""
    if CHROMIUM is not None:
        return
    kept = [item for item in items if item.get_closest_marker("browser") is None]
    left_out = [item for item in items if item not in kept]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def pytest_report_header() -> str:
    return f"browser tests: {CHROMIUM or 'LEFT OUT, there is no chromium on this machine (apt-get install chromium)'}"
