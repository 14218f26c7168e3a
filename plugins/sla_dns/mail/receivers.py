"""What receivers are to do with mail that is not genuine: the DMARC record (RFC 9989, before it RFC 7489).

Where a domain has no record of its own, that of its organisation counts. It is found by walking up the names, as
RFC 9989 (4.10) has it, so that no list of public suffixes is needed that somebody would have to fetch.
"""

from urllib.parse import urlsplit

from attrs import frozen

from sla_dns.answers import Answer, Unanswered, shortened, text_of
from sla_dns.mail.findings import Looking
from sla_dns.mail.keys import Dmarc
from sla_dns.mail.tags import TagError, read_tags

_A_RECORD = "a record that says what to do with mail that is not genuine"
_POLICIES = ("none", "quarantine", "reject")
_MOST_STEPS = 8
_KEPT_LABELS = 7
_MOST_REPORTS = 5


@frozen
class Found:
    """A record and where it stands."""

    domain: str
    text: str

    def tag(self, name: str) -> str | None:
        """The value of a tag, or None where there is none or the record cannot be read."""
        try:
            return read_tags(self.text).get(name)
        except TagError:
            return None


async def look_at_dmarc(looking: Looking, wish: Dmarc) -> None:
    """Whether receivers can read the record, and how strict it is."""
    try:
        records = await _records(looking, looking.domain)
        found = records[0] if len(records) == 1 else None
        if not records:
            found = await _of_organisation(looking)
    except Unanswered as error:
        looking.unanswered("DMARC", error, _A_RECORD)
        return
    if len(records) > 1:
        looking.bad("DMARC", f"_dmarc.{looking.domain} has {len(records)} records, so that none counts", _A_RECORD)
    elif found is None:
        told = f"there is none at _dmarc.{looking.domain}, nor above it: large receivers then refuse or sort out mail"
        looking.bad("DMARC", told, _A_RECORD)
    else:
        await _judge(looking, found, wish)


async def _records(looking: Looking, domain: str) -> list[Found]:
    """What begins as a DMARC record does; other texts are passed over."""
    answer: Answer = await looking.asker.look_up(f"_dmarc.{domain}", "TXT")
    texts = [(text_of(record) or b"").decode("utf-8", "replace") for record in answer.records]
    return [Found(domain, text) for text in texts if _is_dmarc(text)]


def _is_dmarc(text: str) -> bool:
    name, _, value = text.partition(";")[0].partition("=")
    return name.strip().lower() == "v" and value.strip() == "DMARC1"


async def _of_organisation(looking: Looking) -> Found | None:
    """The record of the organisation that the domain belongs to."""
    labels = looking.domain.split(".")[1:]
    labels = labels[-_KEPT_LABELS:]
    highest: Found | None = None
    for step in range(min(len(labels), _MOST_STEPS)):
        records = await _records(looking, ".".join(labels[step:]))
        if len(records) != 1:
            continue
        if records[0].tag("psd") == "y":  # the registry's own: the organisation is one below, if it has a record
            return highest or records[0]
        highest = records[0]
        if highest.tag("psd") == "n":
            break
    return highest


async def _judge(looking: Looking, found: Found, wish: Dmarc) -> None:
    try:
        tags = read_tags(found.text)
    except TagError as error:
        looking.bad("DMARC", f"{error}: {shortened(found.text)}", _A_RECORD)
        return
    inherited = found.domain != looking.domain
    name = "sp" if inherited and "sp" in tags else "p"
    policy = tags.get(name, "none" if tags.get("rua") else "").lower()
    if policy not in _POLICIES:
        written = shortened(tags[name], 40) if name in tags else "nothing"
        told = f"{name}= must say none, quarantine or reject, and says {written}: receivers pass over the record"
        looking.bad("DMARC", told, _A_RECORD)
        return
    where = f"of {found.domain}" if inherited else ""
    told = " ".join(f"{name}={policy} {where}: {shortened(found.text)}".replace(" :", ":").split())
    if _POLICIES.index(policy) < _POLICIES.index(wish.policy):
        looking.weak("DMARC", told, f"at least {wish.policy}")
    else:
        looking.good("DMARC", told, f"at least {wish.policy}")
    if tags.get("t", "").lower() == "y" and policy != "none":
        looking.weak("DMARC", "it is marked as a test (t=y), so that receivers do less than it says", _A_RECORD)
    if tags.get("pct", "100") not in {"", "100"}:
        told = f"pct={shortened(tags['pct'], 10)}: it is for part of the mail only, and newer receivers pass over pct"
        looking.weak("DMARC", told, _A_RECORD)
    await _look_at_reports(looking, found, [*tags.get("rua", "").split(","), *tags.get("ruf", "").split(",")])


async def _look_at_reports(looking: Looking, found: Found, written: list[str]) -> None:
    """Whether those to whom reports go have said that they want them, where they are elsewhere (RFC 7489, 7.1)."""
    for uri in [one.strip() for one in written if one.strip()][:_MOST_REPORTS]:
        domain = urlsplit(uri.partition("!")[0]).path.rpartition("@")[2].strip().rstrip(".").lower()
        if not uri.lower().startswith("mailto:") or not domain:
            told = f"{shortened(uri, 60)} is no address for reports: write it as mailto:dmarc@example.com"
            looking.weak("DMARC reports", told, "mailto:")
        elif not _is_same_house(domain, found.domain):
            await _look_at_authorisation(looking, found.domain, domain)


async def _look_at_authorisation(looking: Looking, domain: str, receiver: str) -> None:
    expected = f"v=DMARC1 at {domain}._report._dmarc.{receiver}"
    try:
        answer = await looking.asker.look_up(f"{domain}._report._dmarc.{receiver}", "TXT")
    except Unanswered:  # reports are no part of whether mail arrives
        return
    texts = [(text_of(record) or b"").decode("utf-8", "replace") for record in answer.records]
    if not any(_is_dmarc(text) for text in texts):
        told = f"{receiver} has not said that it takes reports about {domain}, so that none are sent to it"
        looking.weak("DMARC reports", told, expected)


def _is_same_house(one: str, other: str) -> bool:
    """Whether one name is the other, or stands below it."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")
