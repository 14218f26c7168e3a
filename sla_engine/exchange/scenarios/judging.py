"""Playing a scenario: the judgement and the incidents are the engine's own, on facts that the scenario makes up."""

from attrs import frozen

from sla_engine.evaluation import evaluate
from sla_engine.exchange.scenarios.agreements import Agreement, agreements_of, span_of
from sla_engine.exchange.scenarios.alarms import Alarm, alarms_in
from sla_engine.exchange.scenarios.expecting import Failure, compare_agreement, compare_incidents
from sla_engine.exchange.scenarios.facts import Facts
from sla_engine.exchange.scenarios.reading import Scenario
from sla_engine.exchange.scenarios.tables import ScenarioTable
from sla_engine.model.instant import Instant
from sla_engine.model.verdict import Verdict
from sla_engine.policy import PolicySet


@frozen
class Played:
    """What came of a scenario; it has passed where nothing failed."""

    scenario: Scenario
    failures: tuple[Failure, ...]


@frozen
class Outcome:
    """What comes of a scenario.

    Attributes:
        start: where its virtual clock started.
        verdicts: of each agreement that it names, in its order.
        alarms: every incident, or none where the scenario says nothing of incidents.
    """

    start: Instant
    verdicts: tuple[Verdict, ...]
    alarms: tuple[Alarm, ...]


def play(scenario: Scenario, policies: PolicySet) -> Played:
    """Play a scenario that was read without errors, and hold what came against what it expects."""
    table, place = scenario.table, scenario.place
    outcome = outcome_of(table, policies)
    failures: list[Failure] = []
    if table.expect:
        for index, (expected, verdict) in enumerate(zip(table.expect, outcome.verdicts, strict=True)):
            failures += compare_agreement(expected, verdict, policies, place.at("expect", index), outcome.start)
    if table.expect_incident is not None:
        here = place.at("expect_incident")
        failures += compare_incidents(table.expect_incident, outcome.alarms, here, outcome.start)
    return Played(scenario, tuple(failures))


def outcome_of(table: ScenarioTable, policies: PolicySet) -> Outcome:
    """What comes of a scenario, whatever it expects."""
    agreements = agreements_of(table, policies)
    facts = Facts(table, policies, span_of(table, agreements))
    verdicts = tuple(_judge(one, facts) for one in agreements) if table.expect else ()
    return Outcome(facts.span.start, verdicts, () if table.expect_incident is None else tuple(alarms_in(facts)))


def _judge(agreement: Agreement, facts: Facts) -> Verdict:
    history = facts.history(agreement)
    return evaluate(agreement.contract, history, agreement.period, facts.span.now, terms_at=agreement.terms_at)
