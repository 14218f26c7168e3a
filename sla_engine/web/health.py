"""What machines ask of the engine: is it alive, is it ready, what are its figures."""

from litestar import MediaType, Response, get
from litestar.datastructures import State
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from sla_engine.engine.health import Measure
from sla_engine.engine.status import Condition, Status
from sla_engine.web.site import Site

_CONDITIONS: tuple[Condition, ...] = ("up", "degraded", "down", "unknown")


@get("/healthz", media_type=MediaType.TEXT, sync_to_thread=False)
def healthz() -> str:
    """Alive: the event loop answers."""
    return "ok\n"


@get("/readyz", media_type=MediaType.TEXT, sync_to_thread=True)
def readyz(state: State) -> Response[str]:
    """Ready: results are taken in time and kept. Otherwise 503; a line for each trouble, and for what else is wrong."""
    site: Site = state.site
    troubles = site.troubles()
    if troubles:
        return Response("".join(f"{trouble}\n" for trouble in troubles), status_code=HTTP_503_SERVICE_UNAVAILABLE)
    warnings = "".join(f"degraded: {warning}\n" for warning in site.warnings())
    return Response(f"ready\n{warnings}", status_code=HTTP_200_OK)


@get("/metrics", sync_to_thread=True)
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
