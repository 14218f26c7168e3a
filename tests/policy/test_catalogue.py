"""Every code is explained, and each explanation's examples do what it says of them."""

from pathlib import Path

import pytest

from sla_engine.policy import Plugins, compile_policies
from sla_engine.policy.catalogue import catalogue, reference
from sla_engine.policy.codes import Code
from sla_engine.registry.host import load_plugins

SOUND = """
[service.website]
check.home = { probe = "http", url = "https://www.example.com/" }

[sla.standard]
timezone = "GMT+1"
availability.website = "99%"

[notifier.it-mail]
via = "email"
server = "smtp://mail.example.com:587"
from = "sla@example.com"
to = ["it@example.com"]

[escalation.infrastructure]
on = { services = ["website"], state = "down" }
step = [{ notify = ["it-mail"] }]
"""
SHOWN = [code for code, explanation in catalogue().items() if explanation.bad]


def codes_of(example: str, folder: Path) -> set[str]:
    (folder / "sound.toml").write_text(SOUND, encoding="utf-8")
    (folder / "example.toml").write_text(example, encoding="utf-8")
    host = load_plugins()
    found = compile_policies(
        [folder], plugins=Plugins(host.probes, host.notifiers, host.ticket_sources), environ={}
    ).diagnostics
    return {diagnostic.code for diagnostic in found}


def test_the_policy_set_below_the_examples_is_sound(tmp_path: Path) -> None:
    assert codes_of("", tmp_path) == set()


@pytest.mark.parametrize("code", SHOWN)
def test_the_wrong_example_has_its_code(code: Code, tmp_path: Path) -> None:
    assert code in codes_of(catalogue()[code].bad, tmp_path)


@pytest.mark.parametrize("code", SHOWN)
def test_the_right_example_has_not(code: Code, tmp_path: Path) -> None:
    assert code not in codes_of(catalogue()[code].good, tmp_path)


def test_only_codes_of_whole_files_and_folders_show_no_example() -> None:
    assert set(Code) - set(SHOWN) == {
        Code.UNREADABLE,
        Code.NO_POLICIES,
        Code.NOT_FOR_CUSTOMERS,
        Code.FILE_FOR_CUSTOMERS,
        Code.VARIABLE_FOR_CUSTOMERS,
        Code.FAQ,
    }


def test_the_page_of_all_codes_is_the_one_in_the_documents() -> None:
    page = Path(__file__).parents[2] / "docs" / "codes.md"

    assert page.read_text(encoding="utf-8") == reference(), "write it anew: sla explain --format markdown"
