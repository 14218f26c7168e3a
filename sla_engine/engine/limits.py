"""How much may go on at once on this machine."""

import resource

from sla_engine.registry.connect import has_descriptors

MOST_AT_ONCE = 200
_OWN = 32
"""Descriptors for the store, the web, and what is asked of both."""
_PER_RUN = 4
"""Descriptors of one run: two sockets where addresses race, and what its resolver needs."""


def most_at_once() -> int:
    """How many runs may go on at once, so that none fails for want of a descriptor (``ulimit -n``)."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return MOST_AT_ONCE
    return max(1, min(MOST_AT_ONCE, (limit - _OWN) // _PER_RUN))


def want_of_descriptors() -> str | None:
    """That no descriptor is left, for people, or None."""
    if has_descriptors():
        return None
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return f"no file descriptor is left of {limit}: raise ulimit -n, or see what keeps them"
