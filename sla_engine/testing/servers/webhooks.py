"""A real receiver of webhooks that keeps what it was sent, and answers as it is told to: its count is the truth."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import field, frozen

from sla_engine.testing.servers.thread import LoopbackServer


@frozen
class Answer:
    """How a request is answered.

    Attributes:
        status: of the answer.
        headers: of it, such as ``Retry-After``.
        delay: seconds before it.
        is_lost: whether the connection is reset instead, after the request was read.
        takes: whether the request counts as taken; default: where the status is 2xx.
    """

    status: int = 204
    headers: Mapping[str, str] = field(factory=dict)
    delay: float = 0.0
    is_lost: bool = False
    takes: bool | None = None


@frozen
class Post:
    """A request that came in whole.

    Attributes:
        key: its ``webhook-id``.
        content: its body, as JSON has it.
        is_taken: whether the receiver has taken it, whatever became of its answer.
    """

    path: str
    key: str
    content: Any
    is_taken: bool


class WebhookReceiver(LoopbackServer):
    """A receiver on loopback, which knows every path.

    Attributes:
        posts: every request that came in whole, in order.
        otherwise: the answer where no other was scripted.
        on_post: called with each request before it is answered, in the receiver's thread.
    """

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.posts: list[Post] = []
        self.otherwise = Answer()
        self.on_post: Callable[[Post], None] | None = None
        self._script: deque[Answer] = deque()

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://{self.host}:{self.port}"

    @property
    def taken(self) -> list[Post]:
        """The requests that it took, in order, repeated ones too."""
        return [post for post in self.posts if post.is_taken]

    def script(self, answers: Iterable[Answer]) -> None:
        """Answer the next requests so, one after the other."""
        self._script.extend(answers)

    async def _listen(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._serve_one, self.host, port)

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer.transport)
        try:
            while await self._converse(reader, writer):
                pass
        except (OSError, EOFError, ValueError):
            pass  # clients that break off are what is being tested
        finally:
            self._connections.discard(writer.transport)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        answer = self._script.popleft() if self._script else self.otherwise
        takes = 200 <= answer.status < 300 if answer.takes is None else answer.takes
        post = Post(head[0].split()[1], headers.get("webhook-id", ""), json.loads(body), takes)
        self.posts.append(post)
        if self.on_post is not None:
            self.on_post(post)
        await asyncio.sleep(answer.delay)
        if answer.is_lost:
            writer.transport.abort()
            return False
        fields = {"Content-Length": "0", **answer.headers}
        lines = [f"HTTP/1.1 {answer.status} As told", *(f"{name}: {value}" for name, value in fields.items())]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        await writer.drain()
        return True
