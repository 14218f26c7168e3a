"""Every name that a table gives must exist, and nothing may lead back to itself."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from attrs import define, field

from sla_engine.model.service import Service
from sla_engine.policy.circles import in_order, leads_back
from sla_engine.policy.codes import Code
from sla_engine.policy.contracts import service_id
from sla_engine.policy.documents import Terms
from sla_engine.policy.faults import meant, suggest
from sla_engine.policy.findings import Findings, Place
from sla_engine.policy.maintenance import IN_APP
from sla_engine.policy.merge import Merged


@define(slots=False)
class References:
    """Checks names and remembers which were used."""

    merged: Merged
    services: Mapping[str, Service]
    findings: Findings
    used: dict[str, set[str]] = field(
        factory=lambda: {kind: set() for kind in ("calendar", "service", "notifier", "rotation")}
    )

    def check(self) -> None:
        """Check every reference of every table."""
        self._calendars()
        self._services()
        self._agreements()
        self._maintenance()
        self._support()
        self._desk()
        self._access()
        self._ticket_sources()
        self._notifiers()
        self._escalations()

    def _exists(self, kind: str, name: str, known: Sequence[str], place: Place, *, at_key: bool = False) -> None:
        if name not in known:
            message = f"there is no {kind} {name!r}"
            help_, name_meant = suggest(name, known), meant(name, known)
            self.findings.error(Code.UNKNOWN_REFERENCE, place, message, help_, at_key=at_key, meant=name_meant)
        elif kind in self.used:
            self.used[kind].add(name)

    def _each(self, kind: str, names: Iterable[str], known: Sequence[str], place: Place) -> None:
        for index, name in enumerate(names):
            self._exists(kind, name, known, place.at(index))

    def _calendars(self) -> None:
        for entry in self.merged.tables("calendar").values():
            table = entry.table
            self.used["calendar"].update(table.any_of, table.all_of, table.except_)

    def _services(self) -> None:
        for name, service in self.services.items():
            place = self._service_place(name)
            known = self._known_services(service.customer)
            self._each("service", service.depends_on, known, place.at("depends_on"))
            self.used["service"].update(part.id for part in service.parts)
        self._circles()

    def _circles(self) -> None:
        """A service depends on what it says that it does, and on its parts."""
        needs = {name: self._needs(service) for name, service in self.services.items()}
        leads_to = {name: [*needs[name], *(part.id for part in self.services[name].parts)] for name in needs}
        sound = set(in_order(leads_to))
        for name in self.services:
            if name not in sound and leads_back(name, needs[name], leads_to):
                place = self._service_place(name).at("depends_on")
                message = f"service {name!r} depends on itself, by way of what it depends on"
                help_ = "take one of them out of the circle"
                self.findings.error(Code.REFERENCE_CYCLE, place, message, help_, at_key=True)

    def _needs(self, service: Service) -> list[str]:
        return [service_id(name, service.customer, self.services) for name in service.depends_on]

    def _service_place(self, name: str) -> Place:
        customer, slash, own = name.partition("/")
        if slash:
            return self.merged.kinds["customer"][customer].place.at("service", own)
        return self.merged.kinds["service"][name].place

    def _known_services(self, customer: str | None) -> list[str]:
        known = self.merged.names("service")
        if customer is None:
            return known
        own = self._own.get(customer, ())
        return [*known, *own, *(name.partition("/")[2] for name in own)]

    @cached_property
    def _own(self) -> Mapping[str, Sequence[str]]:
        """Customers' own services, by customer."""
        own: dict[str, list[str]] = {}
        for name, service in self.services.items():
            if service.customer is not None:
                own.setdefault(service.customer, []).append(name)
        return own

    def _agreements(self) -> None:
        for entry in self.merged.tables("sla").values():
            self._terms(entry.table, entry.place, None)
        for name, entry in self.merged.tables("customer").items():
            table = entry.table
            if table.sla is not None:
                self._exists("sla", table.sla, self.merged.names("sla"), entry.place.at("sla"))
            self._terms(table, entry.place, name)
            for index, amendment in enumerate(table.amendment):
                self._terms(amendment, entry.place.at("amendment", index), name)

    def _terms(self, terms: Terms, place: Place, customer: str | None) -> None:
        calendars = [*self.merged.names("calendar"), "always"]
        for group in ("availability", "latency"):
            for name, objective in getattr(terms, group).items():
                self._exists("service", name, self._known_services(customer), place.at(group, name), at_key=True)
                if customer is not None:
                    self.used["service"].add(f"{customer}/{name}")
                if objective.during is not None:
                    self._exists("calendar", objective.during, calendars, place.at(group, name, "during"))
        for name, response in terms.response.items():
            if response.during is not None:
                self._exists("calendar", response.during, calendars, place.at("response", name, "during"))
        self._credits(terms, place, self._known_services(customer))
        if terms.accounting is not None:
            profiles = [*self.merged.names("accounting"), "default"]
            self._exists("accounting", terms.accounting, profiles, place.at("accounting"))

    def _credits(self, terms: Terms, place: Place, services: Sequence[str]) -> None:
        for index, tier in enumerate(terms.credit or ()):
            self._each("service", tier.services or (), services, place.at("credit", index, "services"))
        for name in terms.credits.share or ():
            self._exists("service", name, services, place.at("credits", "share", name), at_key=True)

    def _maintenance(self) -> None:
        notifiers = [*self.merged.names("notifier"), IN_APP]
        for entry in self.merged.tables("maintenance").values():
            known = [*self.merged.names("service"), *self.services]
            self._each("service", entry.table.services or (), known, entry.place.at("services"))
            self._each("notifier", entry.table.announce, notifiers, entry.place.at("announce"))
            customers = self.merged.names("customer")
            self._each("customer", entry.table.customers or (), customers, entry.place.at("customers"))

    def _support(self) -> None:
        levels = self.merged.names("support")
        for entry in self.merged.tables("support").values():
            self._each("support", entry.table.escalates_to, levels, entry.place.at("escalates_to"))
            self._told(entry.table.notify, entry.place.at("notify"))

    def _desk(self) -> None:
        engine = self.merged.engine
        if engine is None or engine.table is None:
            return
        desk, place = engine.table.desk, engine.place.at("desk")
        if desk.level is not None:
            self._exists("support", desk.level, self.merged.names("support"), place.at("level"))
        if desk.notifier is not None:
            self._exists("notifier", desk.notifier, self.merged.names("notifier"), place.at("notifier"))

    def _access(self) -> None:
        customers = self.merged.names("customer")
        for entry in self.merged.tables("access").values():
            if entry.table.customer is not None:
                self._exists("customer", entry.table.customer, customers, entry.place.at("customer"))

    def _ticket_sources(self) -> None:
        levels, customers = self.merged.names("support"), self.merged.names("customer")
        for entry in self.merged.tables("ticket-source").values():
            for foreign, level in entry.table.levels.items():
                self._exists("support", level, levels, entry.place.at("levels", foreign))
            for foreign, customer in entry.table.customers.items():
                self._exists("customer", customer, customers, entry.place.at("customers", foreign))

    def _notifiers(self) -> None:
        calendars, notifiers = [*self.merged.names("calendar"), "always"], self.merged.names("notifier")
        for kind in ("notifier", "rotation"):
            for entry in self.merged.tables(kind).values():
                if entry.table.during is not None:
                    self._exists("calendar", entry.table.during, calendars, entry.place.at("during"))
        for entry in self.merged.tables("rotation").values():
            self._each("notifier", entry.table.of, notifiers, entry.place.at("of"))
            for index, override in enumerate(entry.table.override):
                self._exists("notifier", override.notify, notifiers, entry.place.at("override", index, "notify"))

    def _escalations(self) -> None:
        for entry in self.merged.tables("escalation").values():
            on, place = entry.table.on, entry.place
            known = [*self.merged.names("service"), *self.services]
            self._each("service", on.services or (), known, place.at("on", "services"))
            self._each("customer", on.customers, self.merged.names("customer"), place.at("on", "customers"))
            self._each("support", on.levels, self.merged.names("support"), place.at("on", "levels"))
            for index, step in enumerate(entry.table.step):
                self._told(step.notify, place.at("step", index, "notify"))

    def _told(self, names: Sequence[str], place: Place) -> None:
        """Those who are told are notifiers, and rotations, which are known by other ids."""
        rotations = self.merged.names("rotation")
        for index, name in enumerate(names):
            kind = "rotation" if name in rotations else "notifier"
            self._exists(kind, name, [*self.merged.names("notifier"), *rotations], place.at(index))
