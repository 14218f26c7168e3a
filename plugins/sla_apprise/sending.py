"""The process in which the library sends: an order comes in on one pipe, what became of it goes out on another."""

import json
import os
import re
import signal
import sys
from typing import Any, TextIO

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

_ANSWERED = re.compile(r"error=(?!504)[1-5]\d\d")
_LONGEST_DETAIL = 300


def main() -> None:
    """Carry out one order, and outlive neither it nor its deadline, even where the engine is gone."""
    seconds = float(sys.argv[1])
    signal.setitimer(signal.ITIMER_REAL, seconds + 1)
    order = json.load(sys.stdin)
    with _own_answers() as answers:
        json.dump([_send(url, order, seconds) for url in order["urls"]], answers)


def _send(url: str, order: Any, seconds: float) -> dict[str, Any]:
    """Send by one address.

    Why a service did not take a message the library tells in its log alone; only where the log names the status of an
    answer is it certain that none took it.
    """
    asset = AppriseAsset(
        app_id="sla_engine",
        app_desc="sla_engine",
        async_mode=False,
        http_redirects=False,
        interpret_emojis=False,
        storage_mode="memory",
        service_timeout=seconds,
        allow_templates=False,
        pgp_autogen=False,
        pem_autogen=False,
    )
    service = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if service is None:
        return {"sent": False, "certain": True, "detail": "the secret holds no address that apprise knows"}
    caller = Apprise(asset=asset)
    caller.add(service)
    result = caller.notify(
        body=order["body"], title=order["title"], notify_type=NotifyType(order["kind"]), body_format=NotifyFormat.TEXT
    )
    told = "; ".join(entry.message for entry in result.logs()) or result.status.name.lower()
    is_certain = bool(result) or _ANSWERED.search(told) is not None
    return {"sent": bool(result), "certain": is_certain, "detail": f"{service.service_name}: {told[:_LONGEST_DETAIL]}"}


def _own_answers() -> TextIO:
    """The pipe for answers, moved to where a service that prints does not reach it."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


if __name__ == "__main__":
    main()
