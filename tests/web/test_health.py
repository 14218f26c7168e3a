from collections.abc import Callable

from litestar import Litestar
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families

Visit = Callable[..., TestClient[Litestar]]


def test_an_engine_that_answers_is_alive(visit: Visit) -> None:
    assert visit(troubles=("the store is gone",)).get("/healthz").status_code == 200


def test_an_engine_without_troubles_is_ready(visit: Visit) -> None:
    assert visit().get("/readyz").status_code == 200


def test_an_engine_with_a_trouble_is_not_ready(visit: Visit) -> None:
    answer = visit(troubles=("the store is gone: disk full",)).get("/readyz")

    assert (answer.status_code, answer.text) == (503, "not ready\n")


def test_prometheus_reads_the_figures(visit: Visit) -> None:
    families = {family.name: family for family in text_string_to_metric_families(visit().get("/metrics").text)}

    states = {
        (sample.labels["service"], sample.labels["state"]): sample.value
        for sample in families["sla_service_state"].samples
    }
    assert states["api", "down"] == 1
    assert states["api", "up"] == 0
    assert states["website", "up"] == 1
    assert families["sla_results"].samples[0].value == 42
    assert families["sla_error_budget_left_seconds"].samples[1].value == -5400
