"""What visitors may ask for at most."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import uvicorn
from litestar import Litestar, Request, post

from sla_engine.testing.clock import FakeClock
from sla_engine.web.bounds import BoundedBodies, Buckets

BODY = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'
HEAD = (
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY)
)


@post("/")
async def form(request: "Request[object, object, object]") -> dict[str, str]:
    return dict(await request.form())


@contextmanager
def served(bodies: BoundedBodies) -> Iterator[int]:
    app = Litestar([form], middleware=[bodies], openapi_config=None, logging_config=None)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def begin(port: int, stack: ExitStack) -> socket.socket:
    """Begin to send a form, and send no more than its head."""
    sender = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
    sender.sendall(HEAD)
    return sender


def status(sender: socket.socket) -> int:
    answer = b""
    while b"\r\n" not in answer:
        answer += sender.recv(1024)
    return int(answer.split()[1])


def test_so_many_at_once_and_one_more_after_each_while(fake_clock: FakeClock) -> None:
    buckets = Buckets(2, 10.0, fake_clock.monotonic)

    assert [buckets.take("a"), buckets.take("a"), buckets.take("a")] == [0, 0, 10]
    assert (buckets.wait("a"), buckets.wait("b")) == (10, 0)
    fake_clock.pass_by(4)
    assert buckets.wait("a") == pytest.approx(6)
    fake_clock.pass_by(6)
    assert (buckets.take("a"), buckets.take("a")) == (0, 10)
    fake_clock.pass_by(1000)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 10]


def test_only_so_many_are_remembered_and_those_that_came_last(fake_clock: FakeClock) -> None:
    buckets = Buckets(1, 10.0, fake_clock.monotonic)

    for number in range(10_001):
        buckets.take(str(number))

    assert (buckets.wait("0"), buckets.wait("1"), buckets.wait("10000")) == (0, 10, 10)


def test_an_address_has_few_bodies_read_at_once_and_the_place_is_free_again_after_each() -> None:
    bodies = BoundedBodies(of_one=2)
    with served(bodies) as port, ExitStack() as stack:
        slow = [begin(port, stack) for _ in range(2)]
        while bodies.reading < 2:
            threading.Event().wait(0.005)
        third = begin(port, stack)
        third.sendall(BODY)
        refused = status(third)
        for sender in slow:
            sender.sendall(BODY)
        taken = [status(sender) for sender in slow]
        again = begin(port, stack)
        again.sendall(BODY)

        assert (refused, taken, status(again)) == (503, [201, 201], 201)


def test_a_body_that_does_not_come_in_time_is_waited_for_no_longer() -> None:
    with served(BoundedBodies(of_one=1, within=0.2)) as port, ExitStack() as stack:
        assert status(begin(port, stack)) == 408
        after = begin(port, stack)
        after.sendall(BODY)

        assert status(after) == 201
