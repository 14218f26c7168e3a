"""The address that notices when the engine is no more, as ``engine.ping`` names it."""

from collections.abc import Mapping

from attrs import evolve

from sla_engine.model.duration import Duration
from sla_engine.model.instant import SECOND
from sla_engine.policy.codes import Code
from sla_engine.policy.documents import PingTable
from sla_engine.policy.findings import Findings
from sla_engine.policy.merge import Entry
from sla_engine.policy.variables import replace_variables

_LEAST = Duration(10 * SECOND)


def build_ping(engine: Entry | None, environ: Mapping[str, str], findings: Findings) -> PingTable | None:
    """What the engine's table says of it, or None where it says nothing; faults go to ``findings``.

    Args:
        environ: what ``${NAME}`` in the address is replaced from.
    """
    if engine is None or engine.table is None or engine.table.ping is None:
        return None
    ping: PingTable = engine.table.ping
    place = engine.place.at("ping")
    url = replace_variables(ping.url, place.at("url"), environ, findings)
    if not url.startswith(("http://", "https://")):
        findings.error(Code.WRONG_VALUE, place.at("url"), f"{url!r} is no address", "write one such as https://...")
    if ping.every < _LEAST:
        findings.error(Code.WRONG_VALUE, place.at("every"), "nobody is asked more than every ten seconds", "write 1m")
    return evolve(ping, url=url)
