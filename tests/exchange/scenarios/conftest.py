from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.exchange.scenarios.judging import play
from sla_engine.exchange.scenarios.reading import Reading, read_scenarios
from sla_engine.exchange.scenarios.suite import policies_for_judging

POLICY = """
[calendar.office]
timezone = "UTC"
hours.mon-fri = "08:00-17:00"

[service.api]
every = "1m"
check.health.probe = "door"

[service.web]
every = "5m"
depends_on = ["api"]
check.home.probe = "door"
check.faq.probe = "door"

[service.night]
cron = "0 * * * *"
check.batch.probe = "door"

[service.far]
every = "1m"
locations = ["lisbon", "paris"]
agree = 2
check.door.probe = "door"

[sla.standard]
availability = { api = "99%", web = "99%", night = "99%", far = "99%" }
latency.api = { target = "95%", under = "800ms" }
response.first = { within = "4h", during = "office" }

[customer.acme]
sla = "standard"
fee = "1000 EUR"
availability = { api = "99.9%", relay = "99%" }
credit = [{ below = "99.9%", credit = "10%" }]
service.relay = { every = "1m", check.smtp.probe = "door" }

[notifier.mail]
via = "bell"
[notifier.sms]
via = "bell"
[escalation.all]
on = { services = ["api", "web"] }
confirm = 2
recover = 2
repeat = "1h"
step = [{ notify = ["mail"] }, { after = "15m", notify = ["sms"] }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of policies."""
    (tmp_path / "policy.toml").write_text(POLICY)
    return tmp_path


@pytest.fixture
def read(folder: Path) -> Callable[[str], Reading]:
    """Read scenarios, given as the text of a file beside the policies."""

    def reading(text: str) -> Reading:
        path = folder / "x.scenario.toml"
        path.write_text(text)
        return read_scenarios([path], policies_for_judging(folder))

    return reading


@pytest.fixture
def failures(read: Callable[[str], Reading], folder: Path) -> Callable[[str], list[str]]:
    """What is not as a scenario of October 2026 expects; the text is its table."""

    def played(body: str) -> list[str]:
        reading = read(f'[scenario.x]\nperiod = "2026-10"\n{body}')
        assert not reading.diagnostics, [one.text() for one in reading.diagnostics]
        [scenario] = reading.scenarios
        return [str(failure) for failure in play(scenario, policies_for_judging(folder)).failures]

    return played
