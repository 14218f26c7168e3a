"""What docs/escalations.md shows can be used as it stands, and what it says of the language is so."""

import re
from pathlib import Path

from attrs import fields

from sla_engine import load_policies
from sla_engine.engine.alerts import TROUBLES
from sla_engine.policy.documents import Trigger

PAGE = (Path(__file__).parents[3] / "docs" / "escalations.md").read_text(encoding="utf-8")
SERVICE = (
    '[service.api]\ncheck.health = { probe = "http", url = "http://api.example" }\n[sla.s]\navailability.api = "99%"\n'
)


def test_its_policies_are_sound(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(SERVICE + "\n".join(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)))

    policies = load_policies(tmp_path, environ={})

    assert policies.ping is not None
    assert policies.ping.url == "https://hc.example.com/ping/7f3a"
    assert list(policies.rotations) == ["oncall"]


def test_it_tells_of_everything_that_an_escalation_can_be_about() -> None:
    assert [key.name for key in fields(Trigger) if f"`{key.name}" not in PAGE] == []
    assert len(TROUBLES) == 4  # cut off, overloaded, out of descriptors, policies that cannot be used
