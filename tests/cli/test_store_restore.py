"""``sla store backup`` and ``sla store restore``, as an operator calls them."""

from pathlib import Path

import pytest

from sla_engine.store import Store, open_store
from sla_engine.store.acts import Act
from tests.cli.conftest import Sla

POLICIES = """
[engine]
store = "{store}"
[service.web]
check.home = {{ probe = "http", url = "http://web.example" }}
[sla.standard]
timezone = "UTC"
availability.web = "99%"
"""


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    path = tmp_path / "policies" / "all.toml"
    path.parent.mkdir()
    path.write_text(POLICIES.format(store="sqlite:///sla.db"))
    return path


def act(store: Store, reason: str) -> None:
    store.enter(Act(at=1, who="anna", kind="exclude", what={}, reason=reason))


def test_a_backup_is_made_beside_an_engine_and_restored_once_it_has_stopped(
    sla: Sla, policies: Path, tmp_path: Path
) -> None:
    with open_store(f"sqlite:///{tmp_path / 'sla.db'}") as engine:
        engine.start_writer()
        act(engine, "before")

        made = sla("store", "backup", "copy.db")
        assert (made.returncode, made.stdout) == (0, "sqlite:///sla.db was copied to copy.db\n")
        act(engine, "after")
        refused = sla("store", "restore", "copy.db")
        assert refused.returncode == 2
        assert "sla.db was not restored, as it is in use by process " in refused.stderr

    restored = sla("store", "restore", "copy.db")
    assert restored.returncode == 0
    assert restored.stdout.startswith("sla.db is as in copy.db; what it was is in sla.db.replaced-20")
    assert reasons(tmp_path / "sla.db") == ["before"]
    [kept] = tmp_path.glob("sla.db.replaced-*")
    assert reasons(kept) == ["before", "after"]


def test_a_file_that_is_none_of_ours_is_a_no_to_who_verifies(sla: Sla, policies: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("minutes of a meeting")

    looked = sla("store", "restore", "copy.db", "--verify")

    assert (looked.returncode, looked.stdout) == (1, "copy.db is no SQLite database\n")


def test_for_postgresql_its_own_programs_are_named(sla: Sla, policies: Path) -> None:
    policies.write_text(POLICIES.format(store="postgresql://127.0.0.1:1/sla"))

    refused = sla("store", "restore", "copy.db")

    assert refused.returncode == 2
    assert "pg_restore" in refused.stderr


def reasons(path: Path) -> list[str]:
    with open_store(f"sqlite:///{path}") as store:
        return [one.reason for one in store.acts()]
