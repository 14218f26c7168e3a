import resource
from collections.abc import Iterator

import pytest

from sla_engine.engine.limits import MOST_AT_ONCE, most_at_once


@pytest.fixture(autouse=True)
def limits_as_before() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(("descriptors", "runs"), [(64, 8), (256, 56), (1024, MOST_AT_ONCE)])
def test_as_many_runs_go_on_at_once_as_there_are_descriptors_for(descriptors: int, runs: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, hard))

    assert most_at_once() == runs
