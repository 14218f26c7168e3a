"""Many services at once: seconds, and nobody forgotten."""

import time
from typing import Any

COUNT = 3_000
WITHIN = 30.0
"""Seconds of CPU time; it takes two or three."""


def test_three_thousand_services_that_fail_at_once_are_attended_to_in_seconds(watch: Any) -> None:
    services = "".join(
        f'[service.s{number}]\nevery = "1m"\ncheck.c = {{ probe = "http", url = "http://db1.example/{number}" }}\n'
        for number in range(COUNT)
    )
    watch.load(services=services)
    for state in "UDD":
        for number in range(COUNT):
            watch.store.writer.put(watch.result(state, f"s{number}/c", watch.minute))
        assert watch.store.writer.flush(30)
        watch.clock.pass_by(60)

    began = time.process_time()
    watch.attend()
    took = time.process_time() - began

    assert took < WITHIN
    assert len(watch.records()) == len(watch.notices()) == COUNT
    assert watch.causes() == {"db1.example"}
