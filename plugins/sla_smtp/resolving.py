"""Where mail for a domain goes: its MX records, most preferred first, by the system's nameservers or by a given one."""

import asyncio
import random
import socket
from itertools import groupby
from typing import TYPE_CHECKING, Any

from attrs import frozen

from sla_engine.plugin import ProbeRun, StageFailed
from sla_smtp.address import is_address, parse_nameserver

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver as Asking

_MOST_HOSTS = 5
_PATIENCE = 5.0
_HEAD_START = 0.2  # before the probe's own deadline, as only here the resolver is known to be the cause


@frozen
class Resolver:
    """Asks the nameservers, within the run's deadline."""

    run: ProbeRun
    nameserver: str | None

    async def exchangers(self, domain: str) -> list[str]:
        """The hosts that take mail for a domain, at most five, in the order in which to try them (RFC 5321, 5.1).

        Without an MX record the domain itself is the host; among hosts of one preference chance decides.

        Raises:
            StageFailed: the domain says that it takes no mail (RFC 7505).
            OSError: it does not exist, or no nameserver answers.
        """
        records = sorted(
            (record.preference, record.exchange.to_text(omit_final_dot=True))
            for record in await self._ask(domain, "MX")
        )
        if not records:
            return [domain]
        if [host for _, host in records] == ["."]:
            raise StageFailed(f"{domain} takes no mail: null MX (RFC 7505)")
        groups = ([host for _, host in group] for _, group in groupby(records, lambda record: record[0]))
        return [host for group in groups for host in random.sample(group, len(group))][:_MOST_HOSTS]

    async def addresses(self, host: str) -> list[str]:
        """The addresses to connect to: with the system's nameservers the name itself, which is resolved at the connect.

        Raises:
            OSError: the name has none, or no nameserver answers.
        """
        if self.nameserver is None or is_address(host):
            return [host]
        found = [record.address for kind in ("AAAA", "A") for record in await self._ask(host, kind)]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, f"{host} has no address")
        return found[:_MOST_HOSTS]

    async def _ask(self, name: str, kind: str) -> list[Any]:
        from dns.exception import DNSException  # 190 ms, wanted only where a nameserver is asked
        from dns.resolver import NXDOMAIN

        patience = max(min(_PATIENCE, self.run.remaining() - _HEAD_START), 0.0)
        try:
            async with asyncio.timeout(patience):  # dnspython looks at its lifetime only between its own pauses
                answer = await self._resolver().resolve(
                    f"{name.rstrip('.')}.", kind, raise_on_no_answer=False, lifetime=patience
                )
        except NXDOMAIN as error:
            raise socket.gaierror(socket.EAI_NONAME, f"{name} does not exist") from error
        except (DNSException, TimeoutError) as error:
            raise socket.gaierror(socket.EAI_AGAIN, f"no nameserver gives an answer for {name}") from error
        return list(answer.rrset or ())

    def _resolver(self) -> "Asking":
        from dns.asyncresolver import Resolver as Asking
        from dns.nameserver import Do53Nameserver

        if self.nameserver is None:
            return Asking()
        address, port = parse_nameserver(self.nameserver)
        self.run.check_address(address)
        asking = Asking(configure=False)
        asking.nameservers = [Do53Nameserver(address, port)]
        return asking
