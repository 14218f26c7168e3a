"""Who is told of maintenance by messages: customers at their contacts, and whom else a notifier reaches.

A customer hears of the services that are in their contract, and of no other customer's; whoever a notifier reaches
besides hears of those that are everybody's.
"""

from collections.abc import Iterator, Mapping, Set
from functools import cached_property

import structlog
from attrs import frozen

from sla_engine.engine.escalation.recipients import recipients
from sla_engine.engine.maintenance.planning import Plan
from sla_engine.model.contract import Customer
from sla_engine.model.instant import Instant
from sla_engine.policy import PolicySet
from sla_engine.policy.maintenance import IN_APP
from sla_engine.policy.policies import Notifier
from sla_engine.store.announcements import Announcement


@frozen
class Addressee:
    """One who is told.

    Attributes:
        notifier: by which.
        recipient: the address, or an empty text where the notifier knows of itself whom it reaches.
        customer: whom it is told to, or None where that is no single customer.
        language: in which.
        services: those that they are told of, by id.
    """

    notifier: str
    recipient: str
    customer: str | None
    language: str
    services: tuple[str, ...]


_ANYBODY = "somebody@example.com"

_log = structlog.get_logger("sla_engine.maintenance")


@frozen(slots=False)
class Reach:
    """Whom the policies reach as they stand at an instant; each contract is looked at once.

    Attributes:
        policies: their customers and notifiers.
        now: the instant.
    """

    policies: PolicySet
    now: Instant

    def audience(self, about: Plan | Announcement) -> list[Addressee]:
        """Everybody who is told of an occurrence by messages, each once by each notifier."""
        notifiers = [self.policies.notifiers[name] for name in about.channels if name in self.policies.notifiers]
        if not notifiers:
            return []
        found = [one for notifier in notifiers for one in self._own(notifier, about)]
        for customer, services in self._touched(about):
            found += [one for notifier in notifiers for one in _contacts(notifier, customer, services)]
        return list({(one.notifier, one.recipient): one for one in reversed(found)}.values())[::-1]

    def _touched(self, about: Plan | Announcement) -> Iterator[tuple[Customer, tuple[str, ...]]]:
        """Those whom it concerns, named or because they have one of its services, and what they hear of."""
        for name, promised in self._promised.items():
            if about.customers is None or name in about.customers:
                services = tuple(one for one in about.services if one.startswith(f"{name}/") or one in promised)
                if services or about.customers is not None:
                    yield self.policies.customers[name], services or for_everybody(about.services)

    def _own(self, notifier: Notifier, about: Plan | Announcement) -> Iterator[Addressee]:
        """Those whom a notifier reaches of itself; one that writes to addresses and has none of its own, nobody."""
        services = for_everybody(about.services)
        if about.customers is not None or not services:
            return
        for recipient in recipients(notifier.id, self.policies):
            if recipient or not _reaches(notifier, _ANYBODY):
                yield Addressee(notifier.id, recipient, None, notifier.table.language, services)

    @cached_property
    def _promised(self) -> Mapping[str, Set[str]]:
        """The services in each customer's contract."""
        contract = self.policies.contract
        return {name: set(contract(customer=name, at=self.now).services) for name in self.policies.customers}


def for_everybody(services: tuple[str, ...]) -> tuple[str, ...]:
    """Those services that are no single customer's own."""
    return tuple(name for name in services if "/" not in name)


def is_shown_to_all(about: Plan | Announcement) -> bool:
    """Whether whoever looks at the web may see it."""
    return IN_APP in about.channels and about.customers is None and bool(for_everybody(about.services))


def _reaches(notifier: Notifier, address: str) -> bool:
    try:
        return bool(notifier.settings.reaches(address))
    except Exception:  # a plugin's fault must not keep others from being told
        _log.warning("a notifier cannot say whom it reaches", notifier=notifier.id, exc_info=True)
        return False


def _contacts(notifier: Notifier, customer: Customer, services: tuple[str, ...]) -> Iterator[Addressee]:
    for contact in customer.contacts:
        if _reaches(notifier, contact):
            yield Addressee(notifier.id, contact, customer.id, customer.language, services)
