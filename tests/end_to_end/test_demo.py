"""The demonstration, as somebody sees it who has just installed the engine."""

import subprocess
import sys
import time
from pathlib import Path


def test_the_demonstration_finds_the_outage_within_a_minute_and_ends_by_itself(tmp_path: Path) -> None:
    began = time.monotonic()

    done = subprocess.run(
        [Path(sys.executable).with_name("sla"), "demo", "--once"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 60
    for check in ("api/health", "apps/login", "sms/bind", "smtp/submission", "website/faq", "website/home"):
        assert f"  {check}: up" in done.stdout
    assert "Found: api/health: down" in done.stdout
    assert "status 503, expected 2xx" in done.stdout
    assert "Incident 1 is open: api is down since 20" in done.stdout
    assert "Received by the mail server, for it@maxony.com: [down] API" in done.stdout
    assert "Agreement standard" in done.stdout
    assert "at risk" in done.stdout.lower() or "on track" in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert "Traceback" not in done.stderr
