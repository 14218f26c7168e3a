"""Where the shipped contract is: beside the source in a checkout, inside the package once installed from a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def shipped_policies() -> Path:
    """The folder of the Maxony contract."""
    installed = _PACKAGE / "shipped" / "maxony"
    return installed if installed.is_dir() else _PACKAGE.parent / "policies" / "maxony"
