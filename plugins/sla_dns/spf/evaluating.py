"""Whether an address may send mail of a domain: ``check_host()`` of RFC 7208, 4, within its limits.

However a record is written, at most ten of its terms are looked up and two look-ups may lead nowhere; includes that go
in a circle therefore end soon.
"""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal, TypeAlias

from attrs import define, field, frozen

from sla_dns.answers import Answer, Unanswered, text_of
from sla_dns.asking import Asker
from sla_dns.names import Address, check_name, reverse_name
from sla_dns.spf.macros import expand, needs
from sla_dns.spf.record import VERSION, Mechanism, Record, SpfError, read_record

MOST_LOOKUPS = 10
MOST_VOID = 2
MOST_NAMES = 10
"""Limits of RFC 7208, 4.6.4: terms that need a look-up, look-ups without a record, and hosts of one mx or ptr."""
_NOBODY = IPv4Address("203.0.113.254")
_POSTMASTER = "postmaster"

Result: TypeAlias = Literal["pass", "fail", "softfail", "neutral", "none", "permerror", "temperror"]


@frozen
class SpfResult:
    """What came of it.

    Attributes:
        reason: why it is an error, or which term matched.
        record: of the domain itself, or None.
        lookups, voids: how many there were.
        domains: whose records were read, the domain itself first.
        uses_ptr: whether any record asks for the sender's name, which it should not (RFC 7208, 5.5).
    """

    result: Result
    reason: str
    record: str | None
    lookups: int
    voids: int
    domains: tuple[str, ...]
    uses_ptr: bool


async def check_host(asker: Asker, domain: str, ip: Address | None, sender: str | None = None) -> SpfResult:
    """Whether an address may send mail of a domain.

    Args:
        ip: the sending address; with None it is one that no record names, so that every term is looked up: what the
            record says to everybody else.
        sender: of the mail; default: postmaster of the domain.
    """
    evaluation = Evaluation(asker, _unmapped(ip), sender or f"{_POSTMASTER}@{domain}")
    try:
        result, reason = await evaluation.check(domain, ())
    except SpfError as error:
        result, reason = error.result, str(error)  # type: ignore[assignment]
    return SpfResult(
        result,
        reason,
        evaluation.record,
        evaluation.lookups,
        evaluation.voids,
        tuple(evaluation.domains),
        evaluation.uses_ptr,
    )


@define
class Evaluation:
    """One evaluation, and what it has looked up so far."""

    asker: Asker
    ip: Address | None
    sender: str
    lookups: int = 0
    voids: int = 0
    record: str | None = None
    domains: list[str] = field(factory=list)
    uses_ptr: bool = False

    async def check(self, domain: str, above: tuple[str, ...]) -> tuple[Result, str]:
        """The result for a domain, and the term that decided.

        Args:
            above: the domains whose records led here.

        Raises:
            SpfError: there is none.
        """
        if domain in above:
            raise SpfError(f"the record of {domain} leads back to itself: {' -> '.join((*above, domain))}")
        record = await self._record(domain)
        if record is None:
            return "none", f"{domain} has no SPF record"
        here = (*above, domain)
        for term in record.mechanisms:
            if await self._matches(term, domain, here):
                return term.verdict, f"{term.text} of {domain}"
        if record.redirect is None or any(term.kind == "all" for term in record.mechanisms):
            return "neutral", f"no term of {domain} matches"
        return await self._redirect(record.redirect, domain, here)

    async def _redirect(self, written: str, domain: str, here: tuple[str, ...]) -> tuple[Result, str]:
        self._count(f"redirect={written} of {domain}")
        target = await self._target(written, domain)
        result, reason = await self.check(target, here)
        if result == "none":
            raise SpfError(f"redirect={written} of {domain} leads to {target}, which has no SPF record")
        return result, reason

    async def _record(self, domain: str) -> Record | None:
        try:
            answer = await self._ask(domain, "TXT")
        except ValueError:
            return None
        texts = [text for record in answer.records if VERSION.match(text := text_of(record) or b"")]
        if not texts:
            return None
        if len(texts) > 1:
            raise SpfError(f"{domain} has {len(texts)} SPF records, and may have one")
        self.domains.append(domain)
        if self.record is None:
            self.record = texts[0].decode("ascii", "backslashreplace")
        try:
            return read_record(texts[0])
        except SpfError as error:
            raise SpfError(f"{domain}: {error}") from error

    async def _matches(self, term: Mechanism, domain: str, here: tuple[str, ...]) -> bool:
        if term.kind == "all":
            return True
        if term.network is not None:
            return self.ip is not None and self.ip in term.network
        self._count(f"{term.text[:80]} of {domain}")
        target = domain if term.domain is None else await self._target(term.domain, domain)
        return await self._looked_up(term, target, domain, here)

    async def _looked_up(self, term: Mechanism, target: str, domain: str, here: tuple[str, ...]) -> bool:
        if term.kind == "include":
            result, _ = await self.check(target, here)
            if result == "none":
                raise SpfError(f"{term.text} of {domain} leads to {target}, which has no SPF record")
            return result == "pass"
        if term.kind == "ptr":
            self.uses_ptr = True
            names = await self._validated()
            return any(name == target or name.endswith(f".{target}") for name in names)
        if term.kind == "exists":
            return not (await self._void(target, "A")).is_void and self.ip is not None
        hosts = [target] if term.kind == "a" else await self._exchangers(target, term)
        found = [address for host in hosts for address in await self._addresses(host)]
        return any(self._is_within(address, term.prefixes) for address in found)

    async def _exchangers(self, target: str, term: Mechanism) -> list[str]:
        answer = await self._void(target, "MX")
        if len(answer.records) > MOST_NAMES:
            raise SpfError(f"{term.text} names {len(answer.records)} mail hosts, and may name {MOST_NAMES}")
        return [text.partition(" ")[2] for text in answer.texts]

    async def _addresses(self, host: str) -> list[Address]:
        kind = "AAAA" if isinstance(self.ip, IPv6Address) else "A"
        return [ip_address(text) for text in (await self._void(host, kind)).texts]

    def _is_within(self, address: Address, prefixes: tuple[int, int]) -> bool:
        if self.ip is None:
            return False
        prefix = prefixes[self.ip.version == 6]
        return self.ip in ip_network(f"{address}/{prefix}", strict=False)

    async def _validated(self) -> list[str]:
        """The names of the sending address that lead back to it; trouble makes them fewer (RFC 7208, 5.5)."""
        ip = self.ip or _NOBODY
        try:
            names = (await self._void(reverse_name(ip), "PTR")).texts[:MOST_NAMES]
        except SpfError as error:
            if error.is_permanent:
                raise
            return []
        return [name for name in names if await self._leads_back(name, ip)]

    async def _leads_back(self, name: str, ip: Address) -> bool:
        try:
            answer = await self._ask(name, "AAAA" if ip.version == 6 else "A")
        except (SpfError, ValueError):
            return False
        return str(ip) in answer.texts

    async def _target(self, written: str, domain: str) -> str:
        """The domain that a term names, its macros replaced."""
        if "%" not in written:
            return written.removesuffix(".").lower()
        ip = self.ip or _NOBODY
        local, _, origin = self.sender.rpartition("@")
        dotted = str(ip) if ip.version == 4 else ".".join(ip.exploded.replace(":", ""))
        values = {
            "s": self.sender,
            "l": local or _POSTMASTER,
            "o": origin,
            "d": domain,
            "i": dotted,
            "v": "in-addr" if ip.version == 4 else "ip6",
            "h": origin,
            "p": await self._best_name(domain) if needs(written, "p") else "unknown",
        }
        return expand(written, values).lower()

    async def _best_name(self, domain: str) -> str:
        """What ``%{p}`` stands for: a name of the address, at best one of the domain (RFC 7208, 7.3)."""
        names = await self._validated()
        within: list[Callable[[str], bool]] = [
            lambda name: name == domain,
            lambda name: name.endswith(f".{domain}"),
            lambda _: True,
        ]
        return next((name for wanted in within for name in names if wanted(name)), "unknown")

    def _count(self, term: str) -> None:
        if self.lookups == MOST_LOOKUPS:
            raise SpfError(
                f"more than {MOST_LOOKUPS} look-ups, of which {term} would be the next; receivers then take the "
                "record for void: take out some include, a, mx, ptr, exists or redirect"
            )
        self.lookups += 1

    async def _void(self, name: str, kind: str) -> Answer:
        """The answer, unless too many of them lead nowhere."""
        try:
            answer = await self._ask(name, kind)
        except ValueError:  # no name that could exist, and so nothing that could match (RFC 7208, 4.8)
            answer = Answer(name, kind, "NXDOMAIN")
        if answer.is_void:
            self.voids += 1
            if self.voids > MOST_VOID:
                raise SpfError(
                    f"more than {MOST_VOID} look-ups lead nowhere, of which {kind} of {name} is the last: "
                    "take out the terms whose names do not exist"
                )
        return answer

    async def _ask(self, name: str, kind: str) -> Answer:
        """The answer.

        Raises:
            SpfError: a nameserver is in trouble, which is a ``temperror``.
            ValueError: the name cannot exist.
        """
        checked = check_name("name", name)
        try:
            return await self.asker.look_up(checked, kind)
        except Unanswered as error:
            raise SpfError(str(error), is_permanent=False) from error


def _unmapped(ip: Address | None) -> Address | None:
    """An IPv4 address that is written as an IPv6 one counts as what it is."""
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    return ip
