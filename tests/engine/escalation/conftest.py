from collections.abc import Callable
from pathlib import Path

import pytest

from sla_engine.policy import PolicySet, compile_policies
from tests.engine.escalation.alarm import NOTIFIERS, PLUGINS, SERVICES, TWO_STEPS


@pytest.fixture
def policies(tmp_path: Path) -> Callable[..., PolicySet]:
    """Policies of two services, of which web depends on api, and whatever is added."""

    def make(escalations: str = TWO_STEPS, notifiers: str = NOTIFIERS) -> PolicySet:
        (tmp_path / "policy.toml").write_text(SERVICES + notifiers + escalations)
        compilation = compile_policies([tmp_path], plugins=PLUGINS, environ={})
        assert compilation.policies is not None, compilation.text
        return compilation.policies

    return make
