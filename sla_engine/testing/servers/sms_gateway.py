"""Gateways for short messages over HTTP, with the interfaces of Twilio and Vonage, that can be told to fail."""

import asyncio
import json
import ssl
from abc import abstractmethod
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from attrs import field, frozen

from sla_engine.testing.servers.thread import LoopbackServer

_LONGEST_HEAD = 64 * 1024


@frozen
class GatewayFault:
    """What goes wrong: after ``delay`` seconds this answer, or a closed connection, or else the usual.

    Attributes:
        body: a text to answer with, or a document.
        headers: further lines of the answer's head.
    """

    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(factory=dict)
    delay: float = 0.0
    close: bool = False


@frozen
class Request:
    """What was asked.

    Attributes:
        fields: of the form, or of the query where there is none.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, str]


Reply = tuple[int, Any]


class SmsHttpGateway(LoopbackServer):
    """What both gateways share: an account, its balance, the messages that were taken, and faults.

    Attributes:
        user: who may log in.
        balance: what is left on the account.
        messages: the forms of those that were taken, in order.
        states: what became of a message, one for each time that it is asked for; the last stays.
        requests: the paths that were asked for, in order.
    """

    account, password = "account-1", "s3cret-token"

    def __init__(self, *, context: ssl.SSLContext | None = None, port: int = 0) -> None:
        super().__init__(port)
        self.user = self.account
        self.balance = "12.50"
        self.messages: list[Mapping[str, str]] = []
        self.states = ["delivered"]
        self.requests: list[str] = []
        self._context = context
        self._faults: dict[str, GatewayFault] = {}

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"{'https' if self._context else 'http'}://{self.host}:{self.port}"

    def break_(self, what: str, fault: GatewayFault) -> None:
        """From now on fail at a question: ``balance``, ``submit`` or ``status``."""
        if what not in {"balance", "submit", "status"}:
            raise ValueError(f"{what!r} is no question: balance, submit, status")
        self._faults[what] = fault

    def mend(self) -> None:
        """Work again."""
        self._faults.clear()
        self.states = ["delivered"]
        self.accept()

    @abstractmethod
    def _reply(self, request: Request) -> tuple[str, Reply]:
        """Which question it is, and what is answered usually."""

    def _is_let_in(self, request: Request) -> bool:
        login = b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")
        return request.headers.get("authorization") == f"Basic {login}"

    def _state(self) -> str:
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    async def _listen(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._answer, self.host, port, limit=_LONGEST_HEAD, ssl=self._context)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer.transport)
        try:
            request = await _read(reader)
            self.requests.append(request.path)
            what, (status, document) = self._reply(request)
            fault = self._faults.get(what, GatewayFault())
            await asyncio.sleep(fault.delay)
            if not fault.close:
                writer.write(_encode(fault.status or status, document if fault.body is None else fault.body, fault))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # clients that break off are what is being tested
        finally:
            self._connections.discard(writer.transport)
            writer.close()


class TwilioGateway(SmsHttpGateway):
    """Twilio's interface of 2010-04-01, as far as one account sends messages with it."""

    def _reply(self, request: Request) -> tuple[str, Reply]:
        base = f"/2010-04-01/Accounts/{self.account}"
        what = {f"{base}/Balance.json": "balance", f"{base}/Messages.json": "submit"}.get(request.path, "status")
        if not self._is_let_in(request):
            return what, (401, {"code": 20003, "message": "Authenticate", "status": 401})
        if what == "balance":
            return what, (200, {"account_sid": self.account, "balance": self.balance, "currency": "USD"})
        if what == "submit":
            self.messages.append(request.fields)
            return what, (201, self._message(f"SM{len(self.messages):032x}", "queued"))
        message_id = request.path.removeprefix(f"{base}/Messages/").removesuffix(".json")
        return what, (200, self._message(message_id, self._state()))

    def _message(self, message_id: str, state: str) -> Any:
        is_bad = state in {"failed", "undelivered"}
        return {
            "sid": message_id,
            "status": state,
            "num_segments": "1",
            "error_code": 30003 if is_bad else None,
            "error_message": "Unreachable destination handset" if is_bad else None,
        }


class VonageGateway(SmsHttpGateway):
    """Vonage's interfaces for messages, accounts and reports; a refused message is answered with status 200, too."""

    def _reply(self, request: Request) -> tuple[str, Reply]:
        if request.path == "/sms/json":
            return "submit", (200, {"message-count": "1", "messages": [self._take(request.fields)]})
        what = "balance" if request.path == "/account/get-balance" else "status"
        if not self._is_let_in(request):
            return what, (401, {"title": "Unauthorized", "detail": "You did not provide correct credentials."})
        if what == "balance":
            return what, (200, {"value": float(self.balance), "autoReload": False})
        state = self._state()
        record = {"message_id": request.fields["id"], "status": state, "error_code_description": "Absent Subscriber"}
        return what, (200, {"request_status": "SUCCESS", "records": [record] if state else []})

    def _take(self, fields: Mapping[str, str]) -> Any:
        if fields.get("api_key") != self.account or not (fields.get("api_secret") == self.password or "sig" in fields):
            return {"status": "4", "error-text": "Bad Credentials"}
        self.messages.append(fields)
        message_id = f"{len(self.messages):016X}"
        return {"to": fields["to"], "message-id": message_id, "status": "0", "remaining-balance": self.balance}


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    query = body.decode() if body else urlsplit(target).query
    fields = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
    return Request(method, urlsplit(target).path, headers, fields)


def _encode(status: int, document: Any, fault: GatewayFault) -> bytes:
    content = document.encode() if isinstance(document, str) else json.dumps(document).encode()
    lines = [
        f"HTTP/1.1 {status} -",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in fault.headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content
