"""Every diagnostic: the text that fires it, and a near miss that does not. What is printed is kept in golden/."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sla_engine.policy import Compilation, Plugins, compile_policies, render_json
from sla_engine.policy.codes import Code

Compiled = Callable[..., Compilation]
Golden = Callable[[str, str], None]

MIDNIGHT = '[calendar.us]\ntimezone = "GMT-6"\nhours.mon-fri = "21:00-17:00"\n'
USES_US = '\n[sla.other]\nresponse.first = { within = "4h", during = "us" }\n'


def burn_alert(share: str, long: str, short: str, target: str = "99%") -> str:
    return (
        f'[sla.b]\navailability.web = "{target}"\n'
        f'[escalation.b]\nstep = [{{ notify = ["ring"] }}]\n'
        f'[escalation.b.on]\nservices = "all"\nburn = [{{ share = "{share}", long = "{long}", short = "{short}" }}]'
    )


def bell(more: str) -> str:
    return (
        f'[notifier.b]\nvia = "bell"\nfrom = "a"\nto = ["b"]\n{more}\n'
        '[escalation.b]\non = { services = "all" }\nstep = [{ notify = ["b"] }]'
    )


def on_call(more: str) -> str:
    """A rotation of one."""
    return f'[rotation.oncall]\nof = ["ring"]\nfrom = 2026-01-05T09:00:00\n{more}\n'


BY_NIGHT = """
[calendar.nights]
timezone = "UTC"
HOURS
[notifier.late]
via = "bell"
from = "us"
to = ["you"]
during = "nights"
"""

TOLD_OF_STATES = """[escalation.b]
on = { services = ["web"] }
step = [{ notify = ["ring"], after = "5m" }]"""
TOLD_OF_LEVELS = """[support.first]
[escalation.b]
on = { levels = ["first"] }
step = [{ notify = ["ring"], at = "75%" }, { notify = ["ring"] }]"""

FIRES: dict[str, tuple[Code, str, str]] = {
    # name: code, what is added to a sound policy set, and the same made right
    "unknown-key": (Code.UNKNOWN_KEY, '[calendar.x]\ntimezome = "UTC"', '[calendar.x]\ntimezone = "UTC"'),
    "unknown-kind": (Code.UNKNOWN_KIND, "[services.x]", '[calendar.x]\ntimezone = "UTC"'),
    "wrong-type": (Code.WRONG_VALUE, "[support.first]\nchannels = 5", '[support.first]\nchannels = ["phone"]'),
    "alert-without-brackets": (
        Code.WRONG_VALUE,
        burn_alert("2%", "1h", "5m").replace("[{ share", "{ share").replace('"5m" }]', '"5m" }'),
        burn_alert("2%", "1h", "5m"),
    ),
    "wrong-duration": (
        Code.WRONG_VALUE,
        '[accounting.a]\nmin_outage = "5 minutes"',
        '[accounting.a]\nmin_outage = "5m"',
    ),
    "limit-of-nothing": (
        Code.WRONG_VALUE,
        bell('limit = { messages = 0, every = "1h" }'),
        bell('limit = { messages = 1, every = "1h" }'),
    ),
    "limit-in-no-time": (
        Code.WRONG_VALUE,
        '[engine]\nlimits.customer = { messages = 9, every = "0s" }',
        '[engine]\nlimits.customer = { messages = 9, every = "1s" }',
    ),
    "spend-without-a-price": (
        Code.CONFLICTING_KEYS,
        bell('spend = { at_most = "5 EUR", every = "1d" }'),
        bell('price = "0.08 EUR"\nspend = { at_most = "5 EUR", every = "1d" }'),
    ),
    "spend-in-another-currency": (
        Code.CONFLICTING_KEYS,
        bell('price = "0.08 EUR"\nspend = { at_most = "5 USD", every = "1d" }'),
        bell('price = "0.08 EUR"\nspend = { at_most = "5 EUR", every = "1d" }'),
    ),
    "spend-below-the-price": (
        Code.WRONG_VALUE,
        bell('price = "0.08 EUR"\nspend = { at_most = "0.05 EUR", every = "1d" }'),
        bell('price = "0.08 EUR"\nspend = { at_most = "0.08 EUR", every = "1d" }'),
    ),
    "wrong-percent": (
        Code.WRONG_VALUE,
        '[sla.b]\navailability.web = "99,9%"',
        '[sla.b]\navailability.web = "99.9%"',
    ),
    "profile-at-odds": (
        Code.PROFILE_AT_ODDS,
        '[accounting.a]\nmin_outage = "3m"\nunknown = "down"\n[sla.b]\naccounting = "a"',
        '[accounting.a]\nmin_outage = "3m"\n[sla.b]\naccounting = "a"',
    ),
    "keys-of-another-measure": (
        Code.PROFILE_AT_ODDS,
        '[accounting.a]\nmeasure = "checks"\nslot_errors = "10%"\nmin_outage = "3m"',
        '[accounting.a]\nmeasure = "slots"\nslot = "1m"\nslot_errors = "10%"\nslot_checks = 100',
    ),
    "slots-of-no-checks": (
        Code.WRONG_VALUE,
        '[accounting.a]\nmeasure = "slots"\nslot_checks = 0',
        '[accounting.a]\nmeasure = "slots"\nslot_checks = 1',
    ),
    "withdrawn-currency": (
        Code.WRONG_VALUE,
        '[sla.b]\nfee = "100 DEM"',
        '[sla.b]\nfee = "100 DEM"\nuntil = 2001-12-31',
    ),
    "composed-and-probed": (
        Code.CONFLICTING_KEYS,
        '[service.x]\nof = ["web"]\nevery = "5m"',
        '[service.x]\nof = ["web"]\nup_when = "any"',
    ),
    "wrong-literal": (Code.WRONG_VALUE, '[accounting.a]\nmeasure = "tme"', '[accounting.a]\nmeasure = "time"'),
    "inverted-zone": (Code.WRONG_VALUE, '[sla.b]\ntimezone = "Etc/GMT+1"', '[sla.b]\ntimezone = "GMT+1"'),
    "equal-window": (
        Code.WRONG_VALUE,
        '[calendar.x]\ntimezone = "UTC"\nhours.all = "09:00-09:00"',
        '[calendar.x]\ntimezone = "UTC"\nhours.all = "00:00-24:00"',
    ),
    "missing-key": (
        Code.MISSING_KEY,
        "[notifier.x]\nto = []",
        '[notifier.x]\nvia = "bell"\nfrom = "a"\nto = ["b"]',
    ),
    "bad-id": (Code.BAD_ID, "[calendar.Europe]", '[calendar.europe]\ntimezone = "UTC"'),
    "homograph-id": (Code.BAD_ID, '[calendar."ѕupport"]', '[calendar.support]\ntimezone = "UTC"'),
    "unknown-reference": (
        Code.UNKNOWN_REFERENCE,
        '[sla.b]\nresponse.first = { within = "4h", during = "euorpe" }\n[calendar.europe]\ntimezone = "UTC"',
        '[sla.b]\nresponse.first = { within = "4h", during = "always" }',
    ),
    "reference-cycle": (
        Code.REFERENCE_CYCLE,
        '[calendar.a]\nany_of = ["b"]\n[calendar.b]\nany_of = ["a"]',
        '[calendar.a]\nany_of = ["b"]\n[calendar.b]\nany_of = ["always"]',
    ),
    "unknown-probe": (
        Code.UNKNOWN_PLUGIN,
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "dor", url = "u" }',
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "u" }',
    ),
    "plugin-key": (
        Code.UNKNOWN_KEY,
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", ulr = "u" }',
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "u" }',
    ),
    "plugin-nested-value": (
        Code.WRONG_VALUE,
        '[service.x]\nevery = "1m"\n[service.x.check.a]\nprobe = "door"\nurl = "u"\nlimits.most = "many"',
        '[service.x]\nevery = "1m"\n[service.x.check.a]\nprobe = "door"\nurl = "u"\nlimits.most = 5',
    ),
    "plugin-own-rule": (
        Code.WRONG_VALUE,
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "impossible" }',
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "possible" }',
    ),
    "wrong-port": (
        Code.WRONG_VALUE,
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "u", port = 70000 }',
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "u", port = 65535 }',
    ),
    "secret-in-clear": (
        Code.SECRET_IN_CLEAR,
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "u", password = "hunter2" }',
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "u", password = { env = "PW" } }',
    ),
    "unset-variable": (
        Code.UNSET_VARIABLE,
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "${NOWHERE}" }',
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "${NOWHERE:-u}" }',
    ),
    "too-often": (Code.WRONG_VALUE, '[service.x]\nevery = "0s"', '[service.x]\nevery = "1s"'),
    "two-schedules": (
        Code.CONFLICTING_KEYS,
        '[service.x]\nevery = "1m"\ncron = "* * * * *"',
        '[service.x]\ncron = "* * * * *"',
    ),
    "midnight-window": (Code.MIDNIGHT_WINDOW, MIDNIGHT + USES_US, MIDNIGHT + "confirmed = true\n" + USES_US),
    "never-open": (
        Code.NEVER_OPEN,
        '[calendar.x]\ntimezone = "UTC"\n[sla.b]\nresponse.first = { within = "4h", during = "x" }',
        '[calendar.x]\ntimezone = "UTC"\nhours.mon = "09:00-10:00"\n'
        '[sla.b]\nresponse.first = { within = "4h", during = "x" }',
    ),
    "unused": (
        Code.UNUSED,
        '[calendar.x]\ntimezone = "UTC"\nhours.mon = "09:00-10:00"',
        '[calendar.x]\ntimezone = "UTC"\nhours.mon = "09:00-10:00"\n'
        '[sla.b]\nresponse.first = { within = "4h", during = "x" }',
    ),
    "slow-timeout": (
        Code.SLOW_TIMEOUT,
        '[service.x]\nevery = "10s"\ncheck.a = { probe = "door", url = "u", timeout = "6s", retries = 1 }',
        '[service.x]\nevery = "12s"\ncheck.a = { probe = "door", url = "u", timeout = "6s", retries = 1 }',
    ),
    "no-check": (
        Code.NO_CHECK,
        '[service.x]\nevery = "1m"\n[sla.b]\navailability.x = "99%"',
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "u" }\n[sla.b]\navailability.x = "99%"',
    ),
    "target-over-100": (
        Code.TARGET_OUT_OF_REACH,
        '[sla.b]\navailability.web = "101%"',
        '[sla.b]\navailability.web = "99%"',
    ),
    "target-of-100": (
        Code.TARGET_OUT_OF_REACH,
        '[sla.b]\navailability.web = "100%"',
        '[sla.b]\navailability.web = "99.9%"',
    ),
    "cannot-measure": (
        Code.CANNOT_MEASURE,
        '[service.x]\nevery = "5m"\ncheck.a = { probe = "door", url = "u" }\n[sla.b]\navailability.x = "99.99%"',
        '[service.x]\nevery = "4m"\ncheck.a = { probe = "door", url = "u" }\n[sla.b]\navailability.x = "99.99%"',
    ),
    "tiers-out-of-order": (
        Code.CREDIT_TIERS,
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "95%", credit = "25%" }, { below = "99%", credit = "10%" }]',
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "10%" }, { below = "95%", credit = "25%" }]',
    ),
    "tiers-with-a-gap": (
        Code.CREDIT_TIERS,
        '[sla.b]\navailability.web = "99.9%"\ncredit = [{ below = "99.89%", credit = "10%" }]',
        '[sla.b]\navailability.web = "99.9%"\ncredit = [{ below = "99.9%", credit = "10%" }]',
    ),
    "tiers-in-two-units": (
        Code.CREDIT_TIERS,
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "3d" }, { below = "95%", credit = "10%" }]',
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "3d" }, { below = "95%", credit = "7d" }]',
    ),
    "tiers-that-shrink": (
        Code.CREDIT_TIERS,
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "10%" }, { below = "95%", credit = "5%" }]',
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "10%" }, { below = "95%", credit = "10%" }]',
    ),
    "tiers-of-one-service-with-a-gap": (
        Code.CREDIT_TIERS,
        '[sla.b]\navailability.web = "99%"\ncredit = [{ below = "98%", credit = "10%", services = ["web"] }]',
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "0%" }, { below = "98%", credit = "10%", services = ["web"] }]',
    ),
    "tier-of-no-service": (
        Code.UNKNOWN_REFERENCE,
        '[sla.b]\navailability.web = "99%"\ncredit = [{ below = "99%", credit = "10%", services = ["wep"] }]',
        '[sla.b]\navailability.web = "99%"\ncredit = [{ below = "99%", credit = "10%", services = ["web"] }]',
    ),
    "credit-of-what-is-not-a-share": (
        Code.WRONG_VALUE,
        '[sla.b]\navailability.web = "99%"\ncredit = [{ below = "99%", credit = "10 EUR" }]',
        '[sla.b]\navailability.web = "99%"\ncredit = [{ below = "99%", credit = "10 %" }]',
    ),
    "tier-of-what-is-not-promised": (
        Code.CREDIT_TERMS,
        '[service.mail]\nevery = "1m"\ncheck.door = { probe = "door", url = "u" }\n[sla.a]\navailability.mail = "99%"\n'
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "10%", services = ["web", "mail"] }]',
        '[service.mail]\nevery = "1m"\ncheck.door = { probe = "door", url = "u" }\n[sla.a]\navailability.mail = "99%"\n'
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "10%", services = ["web"] }]',
    ),
    "promise-without-a-share": (
        Code.CREDIT_TERMS,
        '[service.mail]\nevery = "1m"\ncheck.door = { probe = "door", url = "u" }\n[sla.a]\navailability.mail = "99%"\n'
        '[sla.b]\navailability = { web = "99%", mail = "99%" }\n'
        'credit = [{ below = "99%", credit = "10%" }]\ncredits.share = { mail = "100%" }',
        '[service.mail]\nevery = "1m"\ncheck.door = { probe = "door", url = "u" }\n[sla.a]\navailability.mail = "99%"\n'
        '[sla.b]\navailability = { web = "99%", mail = "99%" }\n'
        'credit = [{ below = "99%", credit = "10%" }]\ncredits.share = { mail = "100%", web = "0%" }',
    ),
    "shares-beyond-the-fee": (
        Code.CREDIT_TERMS,
        '[service.mail]\nevery = "1m"\ncheck.door = { probe = "door", url = "u" }\n[sla.a]\navailability.mail = "99%"\n'
        '[sla.b]\navailability = { web = "99%", mail = "99%" }\n'
        'credit = [{ below = "99%", credit = "10%" }]\ncredits.share = { mail = "50%", web = "51%" }',
        '[service.mail]\nevery = "1m"\ncheck.door = { probe = "door", url = "u" }\n[sla.a]\navailability.mail = "99%"\n'
        '[sla.b]\navailability = { web = "99%", mail = "99%" }\n'
        'credit = [{ below = "99%", credit = "10%" }]\ncredits.share = { mail = "50%", web = "50%" }',
    ),
    "cap-in-another-currency": (
        Code.CREDIT_TERMS,
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "10%" }]\nfee = "100 EUR"\ncredits.cap = "50 USD"',
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "10%" }]\nfee = "100 EUR"\ncredits.cap = "50 EUR"',
    ),
    "cap-in-another-unit": (
        Code.CREDIT_TERMS,
        '[sla.b]\navailability.web = "99%"\ncredit = [{ below = "99%", credit = "10%" }]\ncredits.cap = "15d"',
        '[sla.b]\navailability.web = "99%"\ncredit = [{ below = "99%", credit = "10%" }]\ncredits.cap = "15%"',
    ),
    "minimum-above-the-cap": (
        Code.CREDIT_TERMS,
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "10%" }]\nfee = "100 EUR"\ncredits = { minimum = "51 EUR", cap = "50%" }',
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "10%" }]\nfee = "100 EUR"\ncredits = { minimum = "50 EUR", cap = "50%" }',
    ),
    "cap-above-the-fee": (
        Code.CREDIT_TERMS,
        '[sla.b]\navailability.web = "99%"\ncredit = [{ below = "99%", credit = "10%" }]\ncredits.cap = "101%"',
        '[sla.b]\navailability.web = "99%"\ncredit = [{ below = "99%", credit = "10%" }]\ncredits.cap = "100%"',
    ),
    "fee-in-another-currency": (
        Code.CREDIT_TERMS,
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "10%" }]\ncredits.cap = "1 EUR"\n[customer.c]\nsla = "b"\nfee = "100 USD"',
        '[sla.b]\navailability.web = "99%"\n'
        'credit = [{ below = "99%", credit = "10%" }]\ncredits.cap = "1 EUR"\n[customer.c]\nsla = "b"\nfee = "100 EUR"',
    ),
    "amendments-on-one-day": (
        Code.AMENDMENTS,
        '[customer.c]\nsla = "standard"\namendment = [{ from = 2026-07-01 }, { from = 2026-07-01 }]',
        '[customer.c]\nsla = "standard"\namendment = [{ from = 2026-07-01 }, { from = 2026-08-01 }]',
    ),
    "weaker-than-standard": (
        Code.WEAKER_THAN_STANDARD,
        '[customer.c]\nsla = "standard"\navailability.web = "98%"',
        '[customer.c]\nsla = "standard"\navailability.web = "99.5%"',
    ),
    "stronger-than-parts": (
        Code.STRONGER_THAN_PARTS,
        '[service.x]\nevery = "1m"\ndepends_on = ["web"]\ncheck.a = { probe = "door", url = "u" }\n'
        '[sla.b]\navailability = { x = "99.5%", web = "99%" }',
        '[service.x]\nevery = "1m"\ndepends_on = ["web"]\ncheck.a = { probe = "door", url = "u" }\n'
        '[sla.b]\navailability = { x = "99%", web = "99%" }',
    ),
    "maintenance-over-cap": (
        Code.LONG_MAINTENANCE,
        '[accounting.a]\nmaintenance_cap = "1h"\n[sla.b]\naccounting = "a"\navailability.web = "99%"\n'
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00+01:00\nlasts = "2h"\nannounce = ["in-app"]',
        '[accounting.a]\nmaintenance_cap = "2h"\n[sla.b]\naccounting = "a"\navailability.web = "99%"\n'
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00+01:00\nlasts = "2h"\nannounce = ["in-app"]',
    ),
    "text-with-an-unknown-name": (
        Code.UNKNOWN_NAME,
        '[text.opened]\ntext = """\n{title} is down.\nSince: {sinse}\n"""',
        '[text.opened]\ntext = """\n{title} is down.\nSince: {since}\n"""',
    ),
    "text-with-a-format": (
        Code.UNKNOWN_NAME,
        '[text.recovered]\nshort = { en = "{title}", pt = "{title.__class__} {incident:>10}" }',
        '[text.recovered]\nshort = { en = "{title}", pt = "{title} {incident}" }',
    ),
    "text-with-a-brace-alone": (
        Code.UNKNOWN_NAME,
        '[text.recovered]\nsubject = "{title} }"',
        '[text.recovered]\nsubject = "{title} }}"',
    ),
    "text-about-nothing": (
        Code.UNKNOWN_REFERENCE,
        '[text.recoverd]\nsubject = "{title}"',
        '[text.recovered]\nsubject = "{title}"',
    ),
    "maintenance-with-a-line-end-in-its-title": (
        Code.WRONG_VALUE,
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00+01:00\nlasts = "2h"\n'
        'title = { pt = "Base\\rde dados" }\nannounce = ["in-app"]',
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00+01:00\nlasts = "2h"\n'
        'title = { pt = "Base de dados" }\nmessage = "One.\\nTwo."\nannounce = ["in-app"]',
    ),
    "maintenance-reminded-before-it-is-announced": (
        Code.WRONG_VALUE,
        '[maintenance.m]\nservices = "all"\ncron = "0 3 * * sun"\nlasts = "2h"\n'
        'announce = ["in-app"]\nreminders = ["24h", "7d"]',
        '[maintenance.m]\nservices = "all"\ncron = "0 3 * * sun"\nlasts = "2h"\n'
        'announce = ["in-app"]\nreminders = ["24h", "6d"]',
    ),
    "maintenance-cancelled-draft": (
        Code.CONFLICTING_KEYS,
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00+01:00\nlasts = "2h"\n'
        "draft = true\ncancelled = true",
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00+01:00\nlasts = "2h"\ndraft = true',
    ),
    "maintenance-for-nobody": (
        Code.UNKNOWN_REFERENCE,
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00+01:00\nlasts = "2h"\n'
        'announce = ["ring"]\ncustomers = ["c", "d"]\n[customer.c]\nsla = "standard"',
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00+01:00\nlasts = "2h"\n'
        'announce = ["ring"]\ncustomers = ["c"]\n[customer.c]\nsla = "standard"',
    ),
    "maintenance-announced-by-nothing": (
        Code.UNHEARD_MAINTENANCE,
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00+01:00\nlasts = "2h"',
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00+01:00\nlasts = "2h"\n'
        "announced = 2026-11-05T22:00:00+01:00",
    ),
    "maintenance-announced-too-late": (
        Code.UNHEARD_MAINTENANCE,
        '[accounting.a]\nmaintenance_notice = "7d"\n[sla.b]\naccounting = "a"\navailability.web = "99%"\n'
        '[maintenance.m]\nservices = ["web"]\ncron = "0 3 * * sun"\nlasts = "2h"\nannounce = ["in-app"]',
        '[accounting.a]\nmaintenance_notice = "167h"\n[sla.b]\naccounting = "a"\navailability.web = "99%"\n'
        '[maintenance.m]\nservices = ["web"]\ncron = "0 3 * * sun"\nlasts = "2h"\nannounce = ["in-app"]',
    ),
    "maintenance-announced-by-another-channel": (
        Code.UNHEARD_MAINTENANCE,
        '[accounting.a]\nmaintenance_channels = ["bell"]\n[sla.b]\naccounting = "a"\navailability.web = "99%"\n'
        '[maintenance.m]\nservices = ["web"]\ncron = "0 3 * * sun"\nlasts = "2h"\nannounce = ["in-app"]',
        '[accounting.a]\nmaintenance_channels = ["bell"]\n[sla.b]\naccounting = "a"\navailability.web = "99%"\n'
        '[maintenance.m]\nservices = ["web"]\ncron = "0 3 * * sun"\nlasts = "2h"\nannounce = ["ring"]',
    ),
    "hidden-character": (
        Code.HIDDEN_CHARACTER,
        '[sla.b]\ntitle = "a\u202eb"\navailability.web = "99%"',
        '[sla.b]\ntitle = "a b"\navailability.web = "99%"',
    ),
    "ignored-without-reason": (
        Code.IDLE_IGNORE,
        '[sla.b]\navailability.web = "100%"  # sla: ignore[SLA206]',
        '[sla.b]\navailability.web = "100%"  # sla: ignore[SLA206] as the board decided',
    ),
    "ignored-and-not-there": (
        Code.IDLE_IGNORE,
        '[sla.b]\n# sla: ignore[SLA206, SLA999] as the board decided\navailability.web = "99%"',
        '[sla.b]\n# sla: ignore[SLA206] as the board decided\navailability.web = "100%"',
    ),
    "mixed-scripts": (
        Code.MIXED_SCRIPTS,
        '[service.x]\ncheck.a = { probe = "door", url = "https://www.exаmple.com/" }\n[sla.b]\navailability.x = "99%"',
        '[service.x]\ncheck.a = { probe = "door", url = "https://www.пример.com/" }\n[sla.b]\navailability.x = "99%"',
    ),
    "nothing-left": (
        Code.NOTHING_LEFT,
        '[sla.b]\navailability.web = "99%"\n'
        '[maintenance.m]\nservices = "all"\ncron = "0 */2 * * *"\ntimezone = "UTC"\nlasts = "2h"\n'
        'announce = ["in-app"]',
        '[sla.b]\navailability.web = "99%"\n'
        '[maintenance.m]\nservices = "all"\ncron = "0 */2 * * *"\ntimezone = "UTC"\nlasts = "119m"\n'
        'announce = ["in-app"]',
    ),
    "burn-out-of-reach": (  # two per cent of thirty days in an hour is a burn rate of 14.4
        Code.MUTE_BURN_ALERT,
        burn_alert("2%", "1h", "5m", target="93.05%"),
        burn_alert("2%", "1h", "5m", target="93.06%"),
    ),
    "burn-between-checks": (
        Code.MUTE_BURN_ALERT,
        burn_alert("2%", "1h", "59s"),
        burn_alert("2%", "1h", "60s"),
    ),
    "burn-beyond-the-period": (
        Code.MUTE_BURN_ALERT,
        burn_alert("100%", "31d", "1d"),
        burn_alert("100%", "30d", "1d"),
    ),
    "burn-with-windows-the-wrong-way": (
        Code.WRONG_VALUE,
        burn_alert("2%", "5m", "1h"),
        burn_alert("2%", "1h", "5m"),
    ),
    "burn-of-nothing": (Code.WRONG_VALUE, burn_alert("0%", "1h", "5m"), burn_alert("1%", "1h", "5m")),
    "burn-and-state": (
        Code.CONFLICTING_KEYS,
        burn_alert("2%", "1h", "5m") + '\nstate = "down"',
        burn_alert("2%", "1h", "5m"),
    ),
    "share-of-a-state": (
        Code.CONFLICTING_KEYS,
        TOLD_OF_STATES.replace("after", 'at = "75%", after'),
        TOLD_OF_STATES,
    ),
    "levels-and-services": (
        Code.CONFLICTING_KEYS,
        TOLD_OF_LEVELS.replace("on = {", 'on = { services = ["web"],'),
        TOLD_OF_LEVELS,
    ),
    "unknown-level-of-escalation": (
        Code.UNKNOWN_REFERENCE,
        TOLD_OF_LEVELS.replace('levels = ["first"]', 'levels = ["frist"]'),
        TOLD_OF_LEVELS,
    ),
    "burn-and-confirm": (
        Code.CONFLICTING_KEYS,
        burn_alert("2%", "1h", "5m").replace("step", "confirm = 2\nstep"),
        burn_alert("2%", "1h", "5m"),
    ),
    "twins": (
        Code.TWINS,
        '[customer.c]\nsla = "standard"\nname = "Caf\u00e9"\n[customer.d]\nsla = "standard"\nname = "Cafe\u0301"',
        '[customer.c]\nsla = "standard"\nname = "Caf\u00e9"\n[customer.d]\nsla = "standard"\nname = "Cafe"',
    ),
    "amended-inside": (
        Code.AMENDED_INSIDE,
        '[customer.c]\nsla = "standard"\namendment = [{ from = 2026-07-15 }]',
        '[customer.c]\nsla = "standard"\nanchor = 2026-01-15\namendment = [{ from = 2026-07-15 }]',
    ),
    "unknown-level": (
        Code.UNKNOWN_KEY,
        '[engine.lint]\nSLA2003 = "off"',
        '[engine.lint]\nSLA203 = "off"',
    ),
    "unknown-rotation": (
        Code.UNKNOWN_REFERENCE,
        on_call("") + '[escalation.b]\non = {}\nstep = [{ notify = ["oncal"] }]',
        on_call("") + '[escalation.b]\non = {}\nstep = [{ notify = ["oncall"] }]',
    ),
    "unknown-customer": (
        Code.UNKNOWN_REFERENCE,
        '[escalation.b]\non = { customers = ["acme"] }\nstep = [{ notify = ["ring"] }]',
        '[customer.acme]\nsla = "standard"\n'
        '[escalation.b]\non = { customers = ["acme"] }\nstep = [{ notify = ["ring"] }]',
    ),
    "unknown-stand-in": (
        Code.UNKNOWN_REFERENCE,
        on_call("override = [{ from = 2026-01-05T09:00:00, until = 2026-01-06T09:00:00, notify = 'rng' }]"),
        on_call("override = [{ from = 2026-01-05T09:00:00, until = 2026-01-06T09:00:00, notify = 'ring' }]"),
    ),
    "unknown-calendar-of-a-notifier": (
        Code.UNKNOWN_REFERENCE,
        '[notifier.x]\nvia = "bell"\nfrom = "a"\nto = ["b"]\nduring = "nights"',
        '[notifier.x]\nvia = "bell"\nfrom = "a"\nto = ["b"]\nduring = "always"',
    ),
    "rotation-like-a-notifier": (
        Code.DUPLICATE_ID,
        on_call("").replace("oncall", "ring"),
        on_call(""),
    ),
    "rotation-of-nobody": (
        Code.WRONG_VALUE,
        "[rotation.oncall]\nof = []\nfrom = 2026-01-05T09:00:00",
        on_call(""),
    ),
    "turns-too-short": (Code.WRONG_VALUE, on_call("every = '30m'"), on_call("every = '1h'")),
    "stand-in-that-ends-before-it-begins": (
        Code.WRONG_VALUE,
        on_call("override = [{ from = 2026-01-05T09:00:00, until = 2026-01-05T08:00:00, notify = 'ring' }]"),
        on_call("override = [{ from = 2026-01-05T09:00:00, until = 2026-01-05T10:00:00, notify = 'ring' }]"),
    ),
    "turn-without-a-time": (
        Code.WRONG_VALUE,
        on_call("").replace("2026-01-05T09:00:00", "2026-01-05"),
        on_call(""),
    ),
    "unused-rotation": (
        Code.UNUSED,
        on_call(""),
        on_call("") + '[escalation.b]\non = {}\nstep = [{ notify = ["oncall"] }]',
    ),
    "unused-notifier": (
        Code.UNUSED,
        '[notifier.b]\nvia = "bell"\nfrom = "a"\nto = ["b"]',
        '[notifier.b]\nvia = "bell"\nfrom = "a"\nto = ["b"]\n[support.a]\nnotify = ["b"]',
    ),
    "unknown-to-a-support-level": (
        Code.UNKNOWN_REFERENCE,
        '[support.a]\nnotify = ["rign"]',
        '[support.a]\nnotify = ["ring"]',
    ),
    "repeat-of-nothing": (
        Code.WRONG_VALUE,
        '[escalation.b]\non = {}\nrepeat = "0s"\nstep = [{ notify = ["ring"] }]',
        '[escalation.b]\non = {}\nrepeat = "4h"\nstep = [{ notify = ["ring"] }]',
    ),
    "confirmed-by-nothing": (
        Code.WRONG_VALUE,
        '[escalation.b]\non = {}\nconfirm = 0\nstep = [{ notify = ["ring"] }]',
        '[escalation.b]\non = {}\nconfirm = 1\nstep = [{ notify = ["ring"] }]',
    ),
    "warned-too-late": (
        Code.WRONG_VALUE,
        '[escalation.b]\non = { certificate = "0s" }\nstep = [{ notify = ["ring"] }]',
        '[escalation.b]\non = { certificate = "14d" }\nstep = [{ notify = ["ring"] }]',
    ),
    "two-subjects": (
        Code.CONFLICTING_KEYS,
        '[escalation.b]\non = { certificate = "14d", engine = true }\nstep = [{ notify = ["ring"] }]',
        '[escalation.b]\non = { certificate = "14d" }\nstep = [{ notify = ["ring"] }]',
    ),
    "services-of-the-engine": (
        Code.CONFLICTING_KEYS,
        '[escalation.b]\non = { services = ["web"], engine = true }\nstep = [{ notify = ["ring"] }]',
        '[escalation.b]\non = { engine = true }\nstep = [{ notify = ["ring"] }]',
    ),
    "steps-out-of-order": (
        Code.STEP_ORDER,
        '[escalation.b]\non = {}\nstep = [{ after = "15m", notify = ["ring"] }, { notify = ["ring"] }]',
        '[escalation.b]\non = {}\nstep = [{ notify = ["ring"] }, { after = "15m", notify = ["ring"] }]',
    ),
    "step-that-never-opens": (
        Code.MUTE_STEP,
        BY_NIGHT.replace("HOURS", "") + '[escalation.b]\non = {}\nstep = [{ notify = ["late"] }]',
        BY_NIGHT.replace("HOURS", 'hours.all = "22:00-08:00"')
        + '[escalation.b]\non = {}\nstep = [{ notify = ["late"] }]',
    ),
    "rotation-that-never-opens": (
        Code.MUTE_STEP,
        BY_NIGHT.replace("HOURS", 'hours.all = "22:00-08:00"')
        + '[calendar.days]\ntimezone = "UTC"\nhours.all = "09:00-17:00"\n'
        + on_call('during = "days"').replace('["ring"]', '["late"]')
        + '[escalation.b]\non = {}\nstep = [{ notify = ["oncall"] }]',
        BY_NIGHT.replace("HOURS", 'hours.all = "22:00-10:00"')
        + '[calendar.days]\ntimezone = "UTC"\nhours.all = "09:00-17:00"\n'
        + on_call('during = "days"').replace('["ring"]', '["late"]')
        + '[escalation.b]\non = {}\nstep = [{ notify = ["oncall"] }]',
    ),
    "step-for-nobody": (
        Code.MUTE_STEP,
        "[escalation.b]\non = {}\nstep = [{ notify = [] }]",
        '[escalation.b]\non = {}\nstep = [{ notify = ["ring"] }]',
    ),
    "customer-whom-nobody-probes": (
        Code.MUTE_ESCALATION,
        "[customer.acme]\nsince = 2026-01-01\n"
        '[escalation.b]\non = { customers = ["acme"] }\nstep = [{ notify = ["ring"] }]',
        '[customer.acme]\nsla = "standard"\n'
        '[escalation.b]\non = { customers = ["acme"] }\nstep = [{ notify = ["ring"] }]',
    ),
    "severity-of-nothing": (
        Code.MUTE_ESCALATION,
        '[escalation.b]\non = { severities = ["critical"] }\nstep = [{ notify = ["ring"] }]',
        '[escalation.b]\non = { severities = ["major"] }\nstep = [{ notify = ["ring"] }]',
    ),
    "ping-without-an-address": (
        Code.WRONG_VALUE,
        '[engine.ping]\nurl = "hc.example.com"',
        '[engine.ping]\nurl = "https://hc.example.com/1"',
    ),
    "never-in-office-hours": (
        Code.CANNOT_MEASURE,
        '[service.x]\nevery = "5m"\ncheck.a = { probe = "door", url = "u" }\n'
        '[calendar.o]\ntimezone = "UTC"\nhours.mon = "09:00-10:00"\n'
        '[sla.b]\navailability.x = { target = "99%", during = "o" }',
        '[service.x]\nevery = "1m"\ncheck.a = { probe = "door", url = "u" }\n'
        '[calendar.o]\ntimezone = "UTC"\nhours.mon = "09:00-10:00"\n'
        '[sla.b]\navailability.x = { target = "99%", during = "o" }',
    ),
    "cannot-measure-by-cron": (
        Code.CANNOT_MEASURE,
        '[service.x]\ncron = "*/5 8-17 * * *"\ncheck.a = { probe = "door", url = "u" }\n'
        '[sla.b]\navailability.x = "99.99%"',
        '[service.x]\ncron = "* 8-17 * * *"\ncheck.a = { probe = "door", url = "u" }\n'
        '[sla.b]\navailability.x = "99.99%"',
    ),
    "slow-timeout-by-cron": (
        Code.SLOW_TIMEOUT,
        '[service.x]\ncron = "* 8-17 * * *"\ncheck.a = { probe = "door", url = "u", timeout = "61s" }',
        '[service.x]\ncron = "* 8-17 * * *"\ncheck.a = { probe = "door", url = "u", timeout = "60s" }',
    ),
    "weaker-share-of-answers": (
        Code.WEAKER_THAN_STANDARD,
        '[sla.b]\nresponse.first = { within = "4h" }\n[customer.c]\nsla = "b"\nresponse.first.target = "95%"',
        '[sla.b]\nresponse.first = { within = "4h" }\n[customer.c]\nsla = "b"\nresponse.first.target = "100%"',
    ),
    "weaker-hours": (
        Code.WEAKER_THAN_STANDARD,
        '[calendar.o]\ntimezone = "UTC"\nhours.mon-fri = "09:00-17:00"\n[sla.b]\nresponse.first = { within = "4h" }\n'
        '[customer.c]\nsla = "b"\nresponse.first.during = "o"',
        '[calendar.o]\ntimezone = "UTC"\nhours.mon-fri = "09:00-17:00"\n[sla.b]\nresponse.first = { within = "4h" }\n'
        '[customer.c]\nsla = "b"\nresponse.first = { within = "1h", during = "o" }',
    ),
    "maintenance-announced-after-it-began": (
        Code.UNHEARD_MAINTENANCE,
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00Z\nlasts = "2h"\n'
        "announced = 2026-12-05T22:00:01Z",
        '[maintenance.m]\nservices = "all"\nstarts = 2026-12-05T22:00:00Z\nlasts = "2h"\n'
        "announced = 2026-12-05T22:00:00Z",
    ),
    "cron-that-never-comes": (
        Code.WRONG_VALUE,
        '[service.x]\ncron = "0 3 30 2 *"',
        '[service.x]\ncron = "0 3 29 2 *"',
    ),
    "period-and-rolling": (
        Code.CONFLICTING_KEYS,
        '[sla.b]\nperiod = "month"\nrolling = "30d"',
        '[sla.b]\nrolling = "30d"',
    ),
    "rolling-over-nothing": (Code.WRONG_VALUE, '[sla.b]\nrolling = "0s"', '[sla.b]\nrolling = "1s"'),
    "answer-in-no-time": (
        Code.WRONG_VALUE,
        '[sla.b]\nresponse.first.within = "0bd"',
        '[sla.b]\nresponse.first.within = "1bd"',
    ),
    "promise-of-nothing": (Code.MISSING_KEY, "[sla.b]\navailability.web = {}", '[sla.b]\navailability.web = "99%"'),
    "ends-before-it-begins": (
        Code.WRONG_VALUE,
        "[sla.b]\nsince = 2026-02-01\nuntil = 2026-02-01",
        "[sla.b]\nsince = 2026-02-01\nuntil = 2026-02-02",
    ),
    "amended-after-its-end": (
        Code.AMENDMENTS,
        "[customer.c]\nuntil = 2027-01-01\namendment = [{ from = 2027-01-01 }]",
        "[customer.c]\nuntil = 2027-01-02\namendment = [{ from = 2027-01-01 }]",
    ),
    "slots-without-length": (
        Code.WRONG_VALUE,
        '[accounting.a]\nmeasure = "slots"\nslot = "0s"',
        '[accounting.a]\nmeasure = "slots"\nslot = "1s"',
    ),
    "maintenance-of-nothing": (
        Code.WRONG_VALUE,
        "[maintenance.m]\nservices = []\nstarts = 2026-12-05T22:00:00Z\nlasts = '2h'",
        "[maintenance.m]\nservices = 'all'\nstarts = 2026-12-05T22:00:00Z\nlasts = '2h'",
    ),
    "timezone-of-no-cron": (
        Code.CONFLICTING_KEYS,
        '[service.x]\nevery = "5m"\ntimezone = "UTC"',
        '[service.x]\ncron = "*/5 * * * *"\ntimezone = "UTC"',
    ),
    "too-many-tries": (
        Code.WRONG_VALUE,
        '[service.x]\ncheck.a = { probe = "door", url = "u", retries = -1 }',
        '[service.x]\ncheck.a = { probe = "door", url = "u", retries = 0 }',
    ),
    "more-than-its-locations": (
        Code.WRONG_VALUE,
        '[service.x]\nlocations = ["a", "b"]\nagree = 3',
        '[service.x]\nlocations = ["a", "b"]\nagree = 2',
    ),
    "agreed-by-nobody": (
        Code.WRONG_VALUE,
        "[service.x]\nagree = 0",
        "[service.x]\nagree = 2",
    ),
    "contact-of-no-form": (
        Code.WRONG_VALUE,
        '[customer.c]\ncontacts = ["ops@acme.example", "the boss"]',
        '[customer.c]\ncontacts = ["Ops <ops@acme.example>", "+351 912 345 678"]',
    ),
    "level-that-hands-on-to-itself": (
        Code.REFERENCE_CYCLE,
        '[support.a]\nescalates_to = ["a"]',
        '[support.a]\nescalates_to = ["b"]\n[support.b]\nescalates_to = ["a"]',
    ),
    "built-in-calendar": (
        Code.DUPLICATE_ID,
        '[calendar.always]\ntimezone = "UTC"',
        '[calendar.allways]\ntimezone = "UTC"',
    ),
    "built-in-notifier": (Code.DUPLICATE_ID, bell("").replace("notifier.b", "notifier.in-app"), bell("")),
    "long-night-of-one-date": (
        Code.MIDNIGHT_WINDOW,
        '[calendar.c]\ntimezone = "UTC"\nopen = { "2026-12-19" = ["08:00-09:00", "20:00-13:00"] }',
        '[calendar.c]\ntimezone = "UTC"\nopen = { "2026-12-19" = ["08:00-09:00", "21:00-13:00"] }',
    ),
    "unknown-holidays": (
        Code.WRONG_VALUE,
        '[calendar.c]\ntimezone = "UTC"\nholidays = ["FR", "XX"]',
        '[calendar.c]\ntimezone = "UTC"\nholidays = ["FR", "US-CA"]',
    ),
    "zone-of-the-machine": (
        Code.WRONG_VALUE,
        '[sla.b]\ntimezone = "localtime"',
        '[sla.b]\ntimezone = "Europe/Lisbon"',
    ),
    "misspelt-zone": (
        Code.WRONG_VALUE,
        '[sla.b]\ntimezone = "europe/lisboa"',
        '[sla.b]\ntimezone = "Europe/Lisbon"',
    ),
    "bad-id-of-a-check": (
        Code.BAD_ID,
        '[service.x]\ncheck.Home = { probe = "door", url = "u" }',
        '[service.x]\ncheck.home = { probe = "door", url = "u" }',
    ),
    "listener-of-no-port": (
        Code.WRONG_VALUE,
        '[engine]\nlisten = "127.0.0.1:99999"',
        '[engine]\nlisten = "127.0.0.1:0"',
    ),
    "targets-that-nothing-matches": (
        Code.WRONG_VALUE,
        '[engine]\ntargets.deny = ["10.0.0.0/33", "https://x.example.com", "*.example.com"]',
        '[engine]\ntargets.deny = ["10.0.0.0/8", "x.example.com", "*.example.com", "fd00::/8"]',
    ),
    "store-without-a-scheme": (
        Code.WRONG_VALUE,
        '[engine]\nstore = "var/sla.db"',
        '[engine]\nstore = "sqlite:///var/sla.db"',
    ),
    "hundred-years": (
        Code.WRONG_VALUE,
        '[accounting.a]\nmin_outage = "36526d"',
        '[accounting.a]\nmin_outage = "36525d"',
    ),
    "address-of-a-metadata-service": (
        Code.NEVER_REACHED,
        '[service.x]\ncheck.a = { probe = "door", url = "http://0xa9fea9fe/latest" }',
        '[service.x]\ncheck.a = { probe = "door", url = "http://127.0.0.1/latest" }',
    ),
    "password-in-an-address": (
        Code.SECRET_IN_CLEAR,
        '[service.x]\ncheck.a = { probe = "door", url = "https://us:hunter2@x.example.com" }',
        '[service.x]\ncheck.a = { probe = "door", url = "https://us@x.example.com" }',
    ),
    "password-of-the-store": (
        Code.SECRET_IN_CLEAR,
        '[engine]\nstore = "postgresql://sla:hunter2@db.example.com/sla"',
        '[engine]\nstore = "postgresql://sla@db.example.com/sla"',
    ),
    "header-in-clear": (
        Code.SECRET_IN_CLEAR,
        '[service.x]\ncheck.a = { probe = "door", url = "u", headers = { X-Api-Key = "hunter2" } }',
        '[service.x]\ncheck.a = { probe = "door", url = "u", '
        'headers = { X-Api-Key = { env = "KEY" }, Cookie = "s={k}" } }',
    ),
    "secret-by-no-name": (
        Code.WRONG_VALUE,
        '[service.x]\ncheck.a = { probe = "door", url = "u", password = { env = "${KEY}" } }',
        '[service.x]\ncheck.a = { probe = "door", url = "u", password = { env = "KEY" } }',
    ),
    "notifier-for-nobody": (
        Code.NO_RECIPIENT,
        '[notifier.b]\nvia = "letter"\n[support.first]\nnotify = ["b"]',
        '[notifier.b]\nvia = "letter"\n[engine.desk]\nnotifier = "b"',
    ),
    "notifier-that-writes-to-the-desk": (
        Code.WRITES_TO_DESK,
        '[notifier.b]\nvia = "letter"\nto = ["you@example.com", "Help <help@example.com>"]\n'
        '[support.first]\nnotify = ["b"]\n[engine.desk]\naddress = "help@example.com"',
        '[notifier.b]\nvia = "letter"\nto = ["you@example.com", "Help <helpers@example.com>"]\n'
        '[support.first]\nnotify = ["b"]\n[engine.desk]\naddress = "help@example.com"',
    ),
    "not-toml": (Code.NOT_TOML, "[sla.b\n", '[sla.b]\navailability.web = "99%"'),
    "duplicate-key": (
        Code.NOT_TOML,
        '[sla.b]\navailability.web = "99%"\navailability.web = "98%"',
        '[sla.b]\navailability.web = "99%"',
    ),
}


@pytest.mark.parametrize("name", FIRES)
def test_a_fault_is_told_as_the_golden_file_says(
    name: str, compiled: Compiled, small: str, tmp_path: Path, golden: Golden
) -> None:
    code, wrong, _ = FIRES[name]

    compilation = compiled({"a.toml": small, "b.toml": wrong})

    assert code in {diagnostic.code for diagnostic in compilation.diagnostics}
    assert all(diagnostic.help for diagnostic in compilation.diagnostics)
    text = compilation.text.replace(f"{tmp_path / 'set'}/", "") + "\n"
    golden(f"{name}.txt", text)


@pytest.mark.parametrize("name", FIRES)
def test_the_near_miss_is_silent(name: str, compiled: Compiled, small: str) -> None:
    code, _, right = FIRES[name]

    compilation = compiled({"a.toml": small, "b.toml": right})

    assert code not in {diagnostic.code for diagnostic in compilation.diagnostics}, compilation.text
    assert compilation.policies is not None, compilation.text


def test_nobody_is_told_fires_for_an_sla_without_escalation(compiled: Compiled, small: str) -> None:
    compilation = compiled(small[: small.index("[notifier.ring]")])

    assert [diagnostic.code for diagnostic in compilation.diagnostics] == [Code.NOBODY_IS_TOLD]


def test_a_sound_policy_set_has_nothing_to_be_told(compiled: Compiled, small: str) -> None:
    assert compiled(small).text == "no errors, no warnings"


def test_a_duplicate_id_shows_both_places(compiled: Compiled, small: str) -> None:
    compilation = compiled({"a.toml": small, "b.toml": '\n[service.web]\nevery = "5m"\n'})

    [found] = compilation.diagnostics
    assert found.code == Code.DUPLICATE_ID
    assert (Path(found.file).name, found.span.line) == ("b.toml", 2)
    assert (Path(found.related[0].file).name, found.related[0].span.line) == ("a.toml", 2)
    assert found.related[0].source_line == "[service.web]"


def test_twenty_files_with_one_wrong_key_each_are_twenty_diagnostics_in_one_run(compiled: Compiled) -> None:
    files = {f"{number:02d}.toml": "\n" * number + f"[support.s{number}]\n  chanels = []\n" for number in range(20)}

    found = compiled(files).diagnostics

    assert [(Path(one.file).name, one.span.line, one.span.column) for one in found] == [
        (f"{number:02d}.toml", number + 2, 3) for number in range(20)
    ]
    assert {one.help for one in found} == {"did you mean 'channels'?"}


def test_columns_count_characters_and_not_bytes(compiled: Compiled) -> None:
    [found] = compiled('[support.s]\ntitle = { pt = "Olá, ação" , xx1 = "?" }').diagnostics

    assert found.source_line[found.span.column - 1 :].startswith("{ pt")


def test_an_operators_file_may_name_any_file(compiled: Compiled, small: str) -> None:
    check = f'{_RELAY}password = {{ file = "/etc/shadow" }}\n'

    found = compiled({"a.toml": small, "customers/acme.toml": "", "acme.toml": check}).diagnostics

    assert Code.FILE_FOR_CUSTOMERS not in {one.code for one in found}


@pytest.mark.parametrize("key", ["ca_file", "key_file", "file", "maildir", "schema", "their_own_file"])
def test_every_key_that_names_a_file_is_one(key: str, compiled: Compiled, small: str) -> None:
    check = f'[customer.acme.service.relay.check.door]\nprobe = "door"\nurl = "u"\ninner = [{{ {key} = "../x" }}]\n'

    found = compiled({"a.toml": small, "customers/acme.toml": check}).diagnostics

    assert (Code.FILE_FOR_CUSTOMERS, 4, 12) in {(one.code, one.span.line, one.span.column) for one in found}


def test_a_customers_file_may_hold_customers_only(compiled: Compiled, small: str) -> None:
    files = {"a.toml": small, "customers/acme.toml": '[service.mine]\nevery = "1m"'}

    strict, lenient = compiled(files), compiled(files, strict_customers=False)

    assert [one.code for one in strict.diagnostics] == [Code.NOT_FOR_CUSTOMERS]
    assert Code.NOT_FOR_CUSTOMERS not in {one.code for one in lenient.diagnostics}


def test_json_has_the_promised_keys(compiled: Compiled) -> None:
    import json

    [found] = json.loads(render_json(compiled("[support.s]\nchanels = []").diagnostics))["diagnostics"]

    assert found == {
        "code": "SLA101",
        "level": "error",
        "message": "unknown key 'chanels'",
        "help": "did you mean 'channels'?",
        "file": found["file"],
        "line": 2,
        "column": 1,
        "end_line": 2,
        "end_column": 8,
        "fix": "channels",
    }


def test_codes_are_stable_and_each_is_tried() -> None:
    assert all(re.fullmatch(r"SLA\d{3}", code) for code in Code)
    of_files = {code for code, _, _ in FILES.values()} | {Code.NO_POLICIES}
    of_the_faq = {Code.FAQ}  # tests/engine/faq/test_linting.py
    assert {code for code, _, _ in FIRES.values()} | of_files | of_the_faq == set(Code)


_RELAY = '[customer.acme.service.relay.check.door]\nprobe = "door"\nurl = "https://relay.acme.example"\n'

FILES: dict[str, tuple[Code, Mapping[str, bytes], Mapping[str, bytes]]] = {
    # name: code, the files of a set besides a sound one, and the same made right
    "unreadable": (
        Code.UNREADABLE,
        {"b.toml": b"[sla.b]\ntitle = 'caf\xe9'"},
        {"b.toml": "[sla.b]\ntitle = 'café'".encode()},
    ),
    "too-deep": (Code.TOO_DEEP, {"b.toml": b"a = " + b"[" * 101 + b"]" * 101}, {}),
    "duplicate-id": (
        Code.DUPLICATE_ID,
        {"b.toml": b'[service.web]\nevery = "5m"'},
        {"b.toml": b'[customer.c]\nsla = "standard"'},
    ),
    "not-for-customers": (
        Code.NOT_FOR_CUSTOMERS,
        {"customers/acme.toml": b'[support.mine]\nchannels = ["phone"]'},
        {"customers/acme.toml": b'[customer.acme]\nsla = "standard"'},
    ),
    "text-for-customers": (
        Code.NOT_FOR_CUSTOMERS,
        {"customers/acme.toml": b'[text.opened]\nsubject = "{title}"'},
        {"a.toml": b'[text.opened]\nsubject = "{title}"'},
    ),
    "file-for-customers": (
        Code.FILE_FOR_CUSTOMERS,
        {"customers/acme.toml": (_RELAY + 'password = { file = "/etc/shadow" }\n').encode()},
        {"customers/acme.toml": (_RELAY + 'password = { env = "CUSTOMER_ACME_RELAY" }\n').encode()},
    ),
    "address-for-customers": (
        Code.NEVER_REACHED,
        {"customers/acme.toml": _RELAY.replace("relay.acme.example", "10.0.0.8").encode()},
        {"customers/acme.toml": _RELAY.replace("relay.acme.example", "8.8.8.8").encode()},
    ),
    "variable-for-customers": (
        Code.VARIABLE_FOR_CUSTOMERS,
        {"customers/acme.toml": (_RELAY + 'password = { env = "SMTP_PASSWORD" }\n').encode()},
        {"customers/acme.toml": (_RELAY + 'password = { env = "CUSTOMER_ACME_RELAY" }\n').encode()},
    ),
    "nobody-is-told": (
        Code.NOBODY_IS_TOLD,
        {"b.toml": b'[service.x]\ncheck.a = { probe = "door", url = "u" }\n[sla.b]\navailability.x = "99%"'},
        {"b.toml": b'[sla.b]\navailability.web = "99%"'},
    ),
    "nobody-is-told-of-what-a-customer-alone-was-promised": (
        Code.NOBODY_IS_TOLD,
        {"b.toml": b'[service.x]\ncheck.a = { probe = "door", url = "u" }\n[customer.b]\navailability.x = "99%"'},
        {"b.toml": b'[customer.b]\navailability.web = "99%"'},
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_fault_of_files_is_told_as_the_golden_file_says(
    name: str, compiled: Compiled, small: str, tmp_path: Path, golden: Golden
) -> None:
    code, wrong, right = FILES[name]
    sound = small.replace('services = "all"', 'services = ["web"]')
    for path, content in right.items():
        (tmp_path / "set" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / path).write_bytes(content)
    near_miss = compiled({"a.toml": sound})
    for path, content in wrong.items():
        (tmp_path / "set" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / path).write_bytes(content)
    found = compiled({"a.toml": sound})

    assert code not in {diagnostic.code for diagnostic in near_miss.diagnostics}, near_miss.text
    assert code in {diagnostic.code for diagnostic in found.diagnostics}
    golden(f"{name}.txt", found.text.replace(f"{tmp_path / 'set'}/", "") + "\n")


def test_a_folder_without_policies_is_told_so(tmp_path: Path, plugins: Plugins, golden: Golden) -> None:
    found = compile_policies([tmp_path], plugins=plugins, environ={})

    assert [diagnostic.code for diagnostic in found.diagnostics] == [Code.NO_POLICIES]
    golden("no-policies.txt", found.text.replace(str(tmp_path), "policies") + "\n")
