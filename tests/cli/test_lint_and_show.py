import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Sla = Callable[..., subprocess.CompletedProcess[str]]


def test_the_shipped_policies_are_clean(sla: Sla, maxony: Path) -> None:
    done = sla("lint", maxony)

    assert (done.returncode, done.stdout) == (0, "no errors, no warnings\n")


def test_an_error_is_exit_status_1_and_a_warning_is_not(sla: Sla, maxony: Path, tmp_path: Path) -> None:
    shutil.copytree(maxony, tmp_path / "policies")
    calendars = tmp_path / "policies" / "calendars.toml"
    calendars.write_text(calendars.read_text().replace("confirmed = true\n", ""))

    warned = sla("lint", "--format", "json")
    (tmp_path / "policies" / "broken.toml").write_text("[sla.standard]")
    refused = sla("lint")

    assert warned.returncode == 0
    [found] = json.loads(warned.stdout)["diagnostics"]
    assert (found["code"], found["level"], found["line"]) == ("SLA201", "warning", 13)
    assert refused.returncode == 1
    assert "sla 'standard' is defined twice" in refused.stdout


def test_a_path_that_is_not_there_is_wrong_usage(sla: Sla) -> None:
    done = sla("lint", "nowhere")

    assert done.returncode == 2
    assert done.stderr == "there is no such file or folder: nowhere\n"


def test_show_prints_each_term_with_its_place(sla: Sla, maxony: Path) -> None:
    done = sla("show", "customer/acme", "--policies", maxony, "--format", "json")

    terms = json.loads(done.stdout)["terms"]
    assert terms["availability.api.target"]["value"] == "99.95%"
    assert terms["availability.api.target"]["how"] == "amended"
    assert terms["availability.smtp.target"]["file"].endswith("standard.toml")


def test_show_prints_the_terms_of_a_date(sla: Sla, maxony: Path) -> None:
    done = sla("show", "customer/acme", "--at", "2026-06-30", "--policies", maxony)

    assert "availability.api.target      99.9%\n" in done.stdout
    assert "own, " in done.stdout


def test_show_lists_what_there_is(sla: Sla, maxony: Path) -> None:
    done = sla("show", SLA_POLICIES=str(maxony))

    assert {"sla/standard", "customer/acme", "service/website"} <= set(done.stdout.split())


def test_policies_with_errors_are_exit_status_2_for_every_other_command(sla: Sla, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "a.toml").write_text("[support.s]\nchanels = []")

    done = sla("show")

    assert (done.returncode, done.stdout) == (2, "")
    assert "error[SLA101]: unknown key 'chanels'" in done.stderr


def test_schema_is_json(sla: Sla) -> None:
    assert json.loads(sla("schema").stdout)["title"] == "Policies of sla_engine"


def test_plugins_are_listed_with_their_origin(sla: Sla) -> None:
    listed = json.loads(sla("plugins", "--format", "json").stdout)

    assert listed["problems"] == []
    assert {(one["name"], one["distribution"]) for one in listed["plugins"]} == {
        (name, "sla-engine") for name in ("http", "api", "smtp", "sms", "dns", "webhook", "apprise", "desks")
    }


SLIP = '[support.first]\nchanels = ["phone"]\n'


def test_a_slip_can_be_shown_and_mended(sla: Sla, tmp_path: Path) -> None:
    policy = tmp_path / "policies" / "support.toml"
    policy.parent.mkdir()
    policy.write_text(SLIP)

    shown = sla("lint", "--fix", "--diff")
    untouched = policy.read_text()
    mended = sla("lint", "--fix")
    again = sla("lint", "--fix", "--diff")

    assert (shown.returncode, untouched) == (1, SLIP)
    assert '-chanels = ["phone"]\n+channels = ["phone"]\n' in shown.stdout
    assert (mended.returncode, policy.read_text()) == (0, SLIP.replace("chanels", "channels"))
    assert "mended policies/support.toml" in mended.stderr
    assert (again.returncode, again.stdout) == (0, "")
    assert [path.name for path in policy.parent.iterdir()] == ["support.toml"]


@pytest.mark.parametrize("form", ["github", "sarif", "junit"])
def test_other_tools_are_told_too_with_the_same_exit_status(sla: Sla, tmp_path: Path, form: str) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "support.toml").write_text(SLIP)

    told = sla("lint", "--format", form)

    assert told.returncode == 1
    assert "SLA101" in told.stdout


def test_a_code_is_explained_and_an_unknown_one_is_refused(sla: Sla) -> None:
    explained, unknown, listed = sla("explain", "sla207"), sla("explain", "SLA999"), sla("explain")

    assert explained.stdout.startswith("SLA207: The checks cannot see a breach\n")
    assert "Right:" in explained.stdout
    assert (unknown.returncode, unknown.stderr.partition(":")[0]) == (2, "there is no code 'SLA999'")
    assert "SLA101  Unknown key\n" in listed.stdout


def test_one_wrong_key_in_each_of_twenty_files_is_told_in_one_run(sla: Sla, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    for number in range(20):
        text = f"{'#' * number}\n" * number + f"[support.s{number}]\n{' ' * number}chanels = []\n"
        (tmp_path / "policies" / f"{number:02d}.toml").write_text(text)

    done = sla("lint")

    assert done.returncode == 1
    assert "20 errors, no warnings" in done.stdout
    for number in range(20):
        assert f"--> policies/{number:02d}.toml:{number + 2}:{number + 1}\n" in done.stdout


def test_files_of_the_faq_that_are_no_articles_are_named(sla: Sla, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[engine.desk]\nfaq = "faq"\n')
    (tmp_path / "faq" / "en").mkdir(parents=True)
    (tmp_path / "faq" / "en" / "spf.md").write_text("no title\n")

    done = sla("lint", str(tmp_path), "--format", "json")

    [found] = json.loads(done.stdout)["diagnostics"]
    assert (found["code"], found["level"], Path(found["file"]).name, found["line"]) == (
        "SLA229",
        "warning",
        "spf.md",
        1,
    )
    assert done.returncode == 0
