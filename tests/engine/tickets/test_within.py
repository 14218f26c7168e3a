"""The ticket events of a period: the same whenever they are asked for."""

from typing import Any

from sla_engine.calendars.periods import period_named
from sla_engine.engine.standing import known_history
from sla_engine.engine.tickets.within import events_within
from sla_engine.evaluation import evaluate


def january(office: Any) -> Any:
    contract = office.policies.contract(customer="acme")
    return period_named("2026-01", contract.period, contract.timezone)


def test_the_months_verdict_counts_the_tickets_of_the_desk(office: Any) -> None:
    office.open()
    office.later("1h").desk.answer("T-1", "Done.")
    office.open("Another")
    office.later("25h")
    contract = office.policies.contract(customer="acme")

    history = known_history(office.policies, office.store, contract, january(office))
    [first] = [one for one in evaluate(contract, history, january(office), office.now).response if one.met]

    assert (first.objective.level, first.met, first.breached, first.open) == ("first", 1, 1, 0)


def test_tickets_of_customers_with_a_contract_of_their_own_are_not_the_slas(office: Any) -> None:
    office.open()
    office.open(customer=None, sender="somebody@elsewhere.example")

    assert [one.ticket for one in events_within(office.policies, office.store, january(office), None)] == ["T-2"]
    assert [one.ticket for one in events_within(office.policies, office.store, january(office), "acme")] == ["T-1"]


def test_what_happens_later_changes_nothing_of_a_period_that_has_ended(office: Any) -> None:
    office.open()
    office.later("1h").desk.answer("T-1", "Done.")
    before = events_within(office.policies, office.store, january(office), "acme")

    office.later("700h").desk.reopen("T-1", "It is back.")

    assert events_within(office.policies, office.store, january(office), "acme") == before


def test_what_was_settled_before_a_period_is_not_of_it_whatever_comes_after(office: Any) -> None:
    office.open()
    office.later("1h").desk.answer("T-1", "Done.")
    contract = office.policies.contract(customer="acme")
    march = period_named("2026-03", contract.period, contract.timezone)
    office.later("2400h").desk.reopen("T-1", "It is back.")

    assert events_within(office.policies, office.store, march, "acme") == []
