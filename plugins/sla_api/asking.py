"""The requests of one run: each with its token and its signature, and none of them told of to anybody."""

from attrs import define, evolve, field

from sla_api.oauth2 import OAuth2, Token, fresh_token, kept_token
from sla_api.signing import Hmac, sign
from sla_engine.plugin import HttpRequest, HttpResponse, ProbeRun
from sla_engine.plugin.hiding import Hidden

_UNAUTHORIZED = 401


@define
class Session:
    """What the requests of one run share.

    Attributes:
        hidden: what must not be told.
        until: the instant on the run's monotonic clock at which requests are broken off.
    """

    run: ProbeRun
    oauth2: OAuth2 | None
    hmac: Hmac | None
    hidden: Hidden = field(factory=Hidden)
    until: float = field(default=float("inf"))
    _token: Token | None = field(default=None, init=False)

    async def ask(self, request: HttpRequest) -> HttpResponse:
        """Ask; where a token of an earlier run is refused, once more with a fresh one.

        Raises:
            HttpError: no answer was had; in the stage ``token`` there was no token.
            LookupError: a secret is not there.
        """
        token = await self._usual_token(request)
        answer = await self._send(request, token)
        if answer.status == _UNAUTHORIZED and token is not None and token.is_kept:
            self.note("the kept token is refused, so a fresh one is asked for")
            answer = await self._send(request, await self._fresh_token(request))
        return answer

    def note(self, what: str) -> None:
        """Tell who watches the dialogue."""
        if self.run.trace is not None:
            self.run.trace(f"* {self.hidden.clean(what)}")

    async def _send(self, request: HttpRequest, token: Token | None) -> HttpResponse:
        if token is not None:
            request = evolve(request, headers={**request.headers, "Authorization": f"Bearer {token.text}"})
        if self.hmac is not None:
            request = sign(self.hmac, request, self.run)
        holding = {name for name, value in request.headers.items() if self.hidden.is_in(value)}
        private = request.private_headers | holding
        request = evolve(self._in_time(request), private_headers=private, private_texts=self.hidden.forms)
        return await self.run.http.fetch(request)

    def _in_time(self, request: HttpRequest) -> HttpRequest:
        return evolve(request, timeout=max(self.until - self.run.clock.monotonic(), 0.001))

    async def _usual_token(self, request: HttpRequest) -> Token | None:
        if self.oauth2 is None:
            return None
        if self._token is None:
            self._token = kept_token(self.oauth2, self.run)
        if self._token is None:
            return await self._fresh_token(request)
        self.hidden.add(self._token.text)
        return self._token

    async def _fresh_token(self, request: HttpRequest) -> Token:
        assert self.oauth2 is not None
        self._token = await fresh_token(self.oauth2, self.run, self._in_time(request))
        self.hidden.add(self._token.text)
        return self._token
