"""The variables that are a customer's own: all of the environment that a file under ``customers/`` may read.

Whoever writes such a file also writes to which host its checks go, so that one which could read an operator's secret
could send it anywhere.
"""

from collections.abc import Iterable


def prefix_of(customer: str) -> str:
    """How the names of a customer's own variables begin: ``CUSTOMER_ACME_EU_`` of ``acme-eu``."""
    return f"CUSTOMER_{customer.upper().replace('-', '_')}_"


def is_own(variable: str, customer: str, customers: Iterable[str]) -> bool:
    """Whether a variable is a customer's own, and not that of another whose name begins in the same way."""
    own = prefix_of(customer)
    longer = (prefix for prefix in map(prefix_of, customers) if len(prefix) > len(own))
    return variable.startswith(own) and not any(variable.startswith(prefix) for prefix in longer)
