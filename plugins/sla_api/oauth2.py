"""Access tokens by OAuth 2.0 client credentials (RFC 6749, 4.4), kept between runs until shortly before they end."""

from base64 import b64encode
from typing import Any, Literal
from urllib.parse import quote_plus, urlencode

from attrs import evolve, field, frozen

from sla_api.documents import cut, quote, read_json
from sla_engine.plugin import HttpError, HttpRequest, HttpResponse, ProbeRun, Secret
from sla_http.asking import check_url

_MEMORY = "oauth2"
_USUAL_LIFE = 300.0
_LONGEST_LIFE = 86_400.0
_LONGEST_TOKEN = 16 * 1024
_LARGEST_ANSWER = 64 * 1024


@frozen
class OAuth2:
    """Ask a token server for a token, and send it with each request. It is kept, and asked for anew before it ends."""

    token_url: str  # address of the token server
    client_id: str  # who asks
    client_secret: Secret  # and what proves it
    scope: str | None = None  # what is asked for, names with blanks between them
    audience: str | None = None  # for whom, where the server wants to know
    auth: Literal["basic", "post"] = "basic"  # client_secret_basic or client_secret_post of RFC 6749, section 2.3.1

    def __attrs_post_init__(self) -> None:
        check_url(self.token_url)


@frozen
class Token:
    """An access token.

    Attributes:
        ends_at: on the run's monotonic clock, from when on it is not used any more.
        is_kept: whether an earlier run asked for it.
    """

    text: str = field(repr=False)
    ends_at: float
    is_kept: bool = False


def kept_token(asked: OAuth2, run: ProbeRun) -> Token | None:
    """The token of an earlier run, if it is still good."""
    kept = run.memory.get(_MEMORY)
    if kept is None or kept[0] != asked or kept[1].ends_at <= run.clock.monotonic():
        return None
    return Token(kept[1].text, kept[1].ends_at, is_kept=True)


async def fresh_token(asked: OAuth2, run: ProbeRun, like: HttpRequest) -> Token:
    """Ask the token server, and keep what it gives.

    Args:
        like: a request whose way (certificates, address family, time) this one shares.

    Raises:
        HttpError: it gives none; the stage is ``token``.
        LookupError: there is no such secret.
    """
    run.memory.pop(_MEMORY, None)
    try:
        answer = await run.http.fetch(_request(asked, run, like))
    except HttpError as error:
        raise _as_token(error) from error
    try:
        text, life = _read(answer)
    except ValueError as error:
        raise HttpError("token", str(error), phases=answer.phases) from error
    token = Token(text, run.clock.monotonic() + life - min(30.0, life / 10))
    run.memory[_MEMORY] = (asked, token)
    return token


def _as_token(error: HttpError) -> HttpError:
    return HttpError(
        "token",
        str(error),
        phases=error.phases,
        ours=error.ours,
        certificates=error.certificates,
        doubt=error.doubt,
    )


def _request(asked: OAuth2, run: ProbeRun, like: HttpRequest) -> HttpRequest:
    fields = {"grant_type": "client_credentials"}
    if asked.scope is not None:
        fields["scope"] = asked.scope
    if asked.audience is not None:
        fields["audience"] = asked.audience
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    secret = run.secrets.reveal(asked.client_secret)
    if asked.auth == "basic":
        pair = f"{quote_plus(asked.client_id)}:{quote_plus(secret)}".encode()
        headers["Authorization"] = f"Basic {b64encode(pair).decode('ascii')}"
    else:
        fields |= {"client_id": asked.client_id, "client_secret": secret}
    return evolve(
        like,
        url=asked.token_url,
        method="POST",
        headers=headers,
        private_headers=frozenset(),
        body=urlencode(fields).encode(),
        redirects=0,
        max_body=_LARGEST_ANSWER,
    )


def _read(answer: HttpResponse) -> tuple[str, float]:
    """The token and its seconds of life, or what is wrong."""
    try:
        document = read_json(answer)
    except ValueError as error:
        raise ValueError(f"status {answer.status}, and a body that is {error}") from error
    if not isinstance(document, dict):
        raise ValueError(f"status {answer.status}, and {quote(document)} instead of a token")
    if answer.status != 200 or "error" in document:
        raise ValueError(_refusal(answer.status, document))
    token, kind = document.get("access_token"), document.get("token_type", "Bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise ValueError(f"a token of the type {quote(kind)}, expected Bearer")
    if not isinstance(token, str) or not 0 < len(token) <= _LONGEST_TOKEN or not _is_visible(token):
        raise ValueError("no access_token that could be sent in a header")
    return token, _life(document.get("expires_in"))


def _refusal(status: int, document: dict[str, Any]) -> str:
    """Section 5.2: ``error`` is a code, ``error_description`` is for people."""
    told = "".join(f", {quote(document[key])}" for key in ("error", "error_description") if key in document)
    return cut(f"status {status}{told}, expected a token")


def _life(seconds: Any) -> float:
    if isinstance(seconds, str) and seconds.isascii() and seconds.isdecimal():
        seconds = int(seconds[:9])
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        return _USUAL_LIFE
    return float(min(seconds, _LONGEST_LIFE))


def _is_visible(text: str) -> bool:
    return all("\x20" <= character <= "\x7e" for character in text)
