"""pytest itself collects the scenarios of a folder of policies, by the plugin that comes with the engine."""

import subprocess
import sys
from pathlib import Path


def run_pytest(folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-v",
        "--continue-on-collection-errors",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        ".",
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_each_scenario_is_a_test_and_one_with_faults_is_an_error(folder: Path) -> None:
    (folder / "a.scenario.toml").write_text(
        '[scenario.holds]\nperiod = "2026-10"\n'
        '[scenario.fails]\ntitle = "It is down"\nperiod = "2026-10"\nservice.api = "down"\n'
        '[[scenario.fails.expect]]\nsla = "standard"\navailability.api = "met"\n'
    )
    (folder / "b.scenario.toml").write_text('[scenario.broken]\nperod = "2026-10"\n')

    done = run_pytest(folder)

    assert done.returncode == 1
    assert "help: did you mean 'period'?" in done.stdout
    assert "1 failed, 1 passed, 1 error" in done.stdout
    assert "a.scenario.toml::holds PASSED" in done.stdout
    assert "a.scenario.toml::fails FAILED" in done.stdout
    place = f"{folder}/a.scenario.toml:9:20"
    assert f"It is down\n{place}: sla standard, availability.api.verdict: expected met, came breached" in done.stdout
    assert "Traceback" not in done.stdout
