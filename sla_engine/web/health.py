"""What machines ask of the engine: is it alive, is it ready, what are its figures."""

from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from sla_engine.engine.health import Measure
from sla_engine.engine.status import Condition, Status
from sla_engine.web.access import is_agent, with_or_without_token
from sla_engine.web.described import answers, errors
from sla_engine.web.site import Site

_CONDITIONS: tuple[Condition, ...] = ("up", "degraded", "down", "unknown")


@get("/healthz", media_type=MediaType.TEXT, sync_to_thread=False)
def healthz() -> str:
    """Alive: the event loop answers."""
    return "ok\n"


@get(
    "/readyz",
    media_type=MediaType.TEXT,
    guards=[with_or_without_token],
    sync_to_thread=True,
    responses=answers(str, "text/plain", "It is not ready.", HTTP_503_SERVICE_UNAVAILABLE) | errors(401, 429),
)
def readyz(request: Request[Any, Any, State], state: State) -> Response[str]:
    """Ready: results are taken in time and kept. Otherwise 503.

    Agents, by their token, are told each trouble, and what else is wrong, in a line of its own; strangers that there is
    any, as such lines name files, hosts and people.
    """
    site: Site = state.site
    troubles, tells_all = site.troubles(), is_agent(request)
    if troubles:
        said = "".join(f"{trouble}\n" for trouble in troubles) if tells_all else "not ready\n"
        return Response(said, status_code=HTTP_503_SERVICE_UNAVAILABLE)
    warnings = site.warnings()
    said = "".join(f"degraded: {warning}\n" for warning in warnings) if tells_all else "degraded\n" * bool(warnings)
    return Response(f"ready\n{said}", status_code=HTTP_200_OK)


@get("/metrics", sync_to_thread=True, responses=answers(str, "text/plain", "The figures."))
def metrics(state: State) -> Response[bytes]:
    """The engine's figures and the services' states, in Prometheus' text format."""
    site: Site = state.site
    registry = CollectorRegistry()
    registry.register(_Figures([*map(_family, site.measures()), *_status_families(state.status())]))
    return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


class _Figures:
    """Families that are known already, as a collector."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


def _family(measure: Measure) -> Metric:
    family = CounterMetricFamily if measure.kind == "counter" else GaugeMetricFamily
    return family(measure.name, measure.help, value=measure.value)


def _status_families(status: Status) -> list[Metric]:
    states = GaugeMetricFamily(
        "sla_service_state", "1 for the state that a service is in, 0 for the others.", labels=["service", "state"]
    )
    for service in status.services:
        for condition in _CONDITIONS:
            states.add_metric([service.id, condition], float(service.state == condition))

    budgets = GaugeMetricFamily(
        "sla_error_budget_left_seconds",
        "Downtime that the running period still allows.",
        labels=["agreement", "service"],
    )
    for agreement in status.agreements:
        for objective in agreement.objectives:
            budgets.add_metric([agreement.agreement, objective.service], objective.budget_left / 1_000_000)
    return [states, budgets]
