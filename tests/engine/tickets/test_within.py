"""The ticket events of a period: the same whenever they are asked for."""

from typing import Any

from sla_engine import load_policies
from sla_engine.calendars.periods import period_named
from sla_engine.engine.standing import known_history
from sla_engine.engine.tickets.within import events_within
from sla_engine.evaluation import evaluate
from sla_engine.model.duration import parse_within


def january(office: Any) -> Any:
    contract = office.policies.contract(customer="acme")
    return period_named("2026-01", contract.period, contract.timezone)


def within(office: Any, month: str = "2026-01", **whose: str) -> Any:
    contract = office.policies.contract(**whose)
    period = period_named(month, contract.period, contract.timezone)
    return events_within(office.policies, office.store, contract, period)


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

    assert [one.ticket for one in within(office, sla="standard")] == ["T-2"]
    assert [one.ticket for one in within(office, customer="acme")] == ["T-1"]


def test_a_ticket_that_is_older_than_its_customer_s_contract_is_answered_by_the_sla(office: Any) -> None:
    text = (
        (office.folder / "all.toml").read_text().replace('sla = "standard"\n', 'sla = "standard"\nsince = 2026-02-01\n')
    )
    (office.folder / "all.toml").write_text(text)
    office.policies = load_policies(office.folder)

    case = office.open()

    assert (case.owed.clock.within, case.ticket.is_settled) == (parse_within("4h"), False)
    assert [one.ticket for one in within(office, sla="standard")] == ["T-1"]


def test_an_sla_that_is_not_the_general_one_has_no_tickets_of_its_own(office: Any) -> None:
    text = (office.folder / "all.toml").read_text()
    gold = '[sla.gold]\navailability.api = "99%"\nresponse.first = { within = "1h", during = "office" }\n'
    (office.folder / "all.toml").write_text(text + gold)
    office.policies = load_policies(office.folder)

    office.open(customer=None, sender="somebody@elsewhere.example")

    assert [one.ticket for one in within(office, sla="standard")] == ["T-1"]
    assert within(office, sla="gold") == ()


def test_what_happens_later_changes_nothing_of_a_period_that_has_ended(office: Any) -> None:
    office.open()
    office.later("1h").desk.answer("T-1", "Done.")
    before = within(office, customer="acme")

    office.later("700h").desk.reopen("T-1", "It is back.")

    assert within(office, customer="acme") == before


def test_what_was_settled_before_a_period_is_not_of_it_whatever_comes_after(office: Any) -> None:
    office.open()
    office.later("1h").desk.answer("T-1", "Done.")
    office.later("2400h").desk.reopen("T-1", "It is back.")

    assert within(office, "2026-03", customer="acme") == []
