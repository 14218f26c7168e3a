"""TLS: what went wrong with it, and what the server presented."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from sla_engine.plugin import StageFailed
from sla_engine.plugin.tls_faults import fault_of, handshake_fault


@contextmanager
def tls_faults_told() -> Iterator[None]:
    """Turn a failed handshake into a failure of the present stage."""
    try:
        yield
    except ssl.SSLError as error:
        raise StageFailed(fault_of(error)) from error
    except ConnectionError as error:
        raise StageFailed(handshake_fault("unexpected eof")) from error
