"""Who somebody is that comes with a token: looked up in the policies in force, and compared in constant time.

A session is a token's word that somebody showed it: it is signed by the token itself, so that it ends with it, whether
that leaves the policies, is replaced, or belongs to somebody else.
"""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence

import structlog
from attrs import define, field, frozen

from sla_engine.model.instant import HOUR, SECOND, Instant
from sla_engine.policy import PolicySet
from sla_engine.policy.access import Access, Role
from sla_engine.registry.clock import Clock
from sla_engine.registry.secrets import SecretSource

LEAST_LENGTH = 16
"""Characters that a token must have."""
SESSION_LASTS: Instant = 12 * HOUR
LOOK_EVERY = 10.0
"""Seconds after which a secret is read again, so that one that was replaced is noticed."""

_log = structlog.get_logger("sla_engine.access")


@frozen
class Visitor:
    """Somebody whom a token let in.

    Attributes:
        id: that of the table which let in, entered with what is done.
        customer: the one whose tickets are seen; None for agents, who see all.
    """

    id: str
    role: Role
    customer: str | None


@frozen
class _Key:
    visitor: Visitor
    digest: bytes = field(repr=False)
    signing: bytes = field(repr=False)


@define(eq=False)
class Doors:
    """Lets in by tokens and sessions; may be asked from any thread.

    Attributes:
        policies: gives those that are in force.
        secrets: reveals tokens.
    """

    policies: Callable[[], PolicySet]
    secrets: SecretSource
    clock: Clock
    _lock: threading.Lock = field(factory=threading.Lock, init=False)
    _keys: tuple[_Key, ...] = field(default=(), init=False, repr=False)
    _troubles: tuple[str, ...] = field(default=(), init=False)
    _of: str | None = field(default=None, init=False)
    _read_at: float = field(default=0.0, init=False)
    _ended: dict[str, Instant] = field(factory=dict, init=False, repr=False)

    def by_token(self, token: str) -> Visitor | None:
        """Whom a token lets in; None where it is nobody's."""
        given, found = _digest(token), None
        for key in self._current():  # all of them, so that the time it takes tells nothing
            if hmac.compare_digest(key.digest, given):
                found = key.visitor
        return found

    def begin(self, token: str) -> str | None:
        """A session for whoever shows a token, fit for a cookie; None where it is no token.

        It lasts for `SESSION_LASTS`.
        """
        given = _digest(token)
        for key in self._current():
            if hmac.compare_digest(key.digest, given):
                until = (self.clock.now() + SESSION_LASTS) // SECOND
                return _signed(key, f"{key.visitor.id}.{secrets.token_urlsafe(16)}.{until}")
        return None

    def by_session(self, session: str) -> Visitor | None:
        """Whose session it is; None where it has ended or is none."""
        said, _, _ = session.rpartition(".")
        until = _until(said)
        if until is None or until <= self.clock.now() or session in self._ended:
            return None
        for key in self._current():
            if key.visitor.id == said.split(".")[0] and hmac.compare_digest(
                _signed(key, said).encode(), session.encode()
            ):
                return key.visitor
        return None

    def end(self, session: str) -> None:
        """End a session before its time."""
        if self.by_session(session) is not None:
            now = self.clock.now()
            with self._lock:
                self._ended = {one: until for one, until in self._ended.items() if until > now}
                self._ended[session] = _until(session.rpartition(".")[0]) or now

    def troubles(self) -> Sequence[str]:
        """Why some tokens let nobody in."""
        self._current()
        return self._troubles

    def _current(self) -> tuple[_Key, ...]:
        policies, now = self.policies(), self.clock.monotonic()
        with self._lock:
            if self._of != policies.hash or now - self._read_at >= LOOK_EVERY:
                troubles: list[str] = []
                self._keys = tuple(self._read(policies.access.values(), troubles))
                for trouble in troubles:
                    if trouble not in self._troubles:
                        _log.warning("a token lets nobody in", why=trouble)
                self._troubles, self._of, self._read_at = tuple(troubles), policies.hash, now
            return self._keys

    def _read(self, access: Iterable[Access], troubles: list[str]) -> Iterator[_Key]:
        for one in access:
            for secret in one.tokens:
                try:
                    token = self.secrets.reveal(secret)
                except LookupError as error:
                    troubles.append(f"access.{one.id}: {error.args[0]}; it lets nobody in")
                    continue
                if len(token) < LEAST_LENGTH:
                    troubles.append(
                        f"access.{one.id}: {secret} has fewer than {LEAST_LENGTH} characters; it lets nobody in"
                    )
                    continue
                signing = hmac.new(token.encode(), b"sla_engine session", hashlib.sha256).digest()
                yield _Key(Visitor(one.id, one.role, one.customer), _digest(token), signing)


def _signed(key: _Key, said: str) -> str:
    return f"{said}.{hmac.new(key.signing, said.encode(), hashlib.sha256).hexdigest()}"


def _until(said: str) -> Instant | None:
    last = said.rpartition(".")[2]
    return int(last) * SECOND if last.isascii() and last.isdecimal() and len(last) < 12 else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
