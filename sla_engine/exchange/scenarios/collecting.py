"""pytest collects ``*.scenario.toml`` files: each scenario is a test of the policies that it stands beside."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sla_engine.exchange.scenarios.reading import Scenario
    from sla_engine.policy import PolicySet


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ScenarioFile | None":
    """Take scenario files."""
    if file_path.name.endswith(".scenario.toml"):
        return ScenarioFile.from_parent(parent, path=file_path)
    return None


class ScenarioFile(pytest.File):
    """A scenario file; one with errors is an error of collecting, told as the linter tells it."""

    def collect(self) -> "Iterable[ScenarioItem]":
        """Read the policies beside it, and its scenarios."""
        from sla_engine.exchange.scenarios.suite import load_suite, root_of
        from sla_engine.policy import PolicyError

        try:
            suite = load_suite(root_of(self.path), [self.path])
        except PolicyError as error:
            raise self.CollectError(str(error)) from error
        for scenario in suite.scenarios:
            yield ScenarioItem.from_parent(self, name=scenario.id, scenario=scenario, policies=suite.policies)


class ScenarioItem(pytest.Item):
    """One scenario."""

    def __init__(self, *, scenario: "Scenario", policies: "PolicySet", **how: Any) -> None:
        super().__init__(**how)
        self.scenario = scenario
        self.policies = policies

    def runtest(self) -> None:
        """Play it."""
        from sla_engine.exchange.scenarios.judging import play

        failures = play(self.scenario, self.policies).failures
        if failures:
            raise NotAsExpected("\n".join(f"{failure.where}: {failure}" for failure in failures))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What was not as expected, without a traceback through the engine."""
        if isinstance(excinfo.value, NotAsExpected):
            return f"{self.scenario.title}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the scenario stands."""
        place = self.scenario.place
        return self.path, place.file.spot(place.path).value.line - 1, self.scenario.id


class NotAsExpected(AssertionError):  # noqa: N818 (it is an answer about the policies)
    """What came of a scenario is not what it expects."""
