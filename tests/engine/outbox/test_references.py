"""What the remote side calls a message is kept, so that what follows can be put beside it."""

import json
from typing import Any

from pytest_httpserver import HTTPServer

TICKETS = """
[notifier.tickets]
via = "api"
url = "{url}"
json = {{ thread = "{{thread}}", about = "{{about}}" }}
reference = "$.id"
when.later.json = {{ thread = "{{thread}}", about = "{{about}}", beside = "{{reference}}" }}
"""


def made(interface: HTTPServer) -> list[tuple[str, str | None]]:
    asked = [json.loads(request.get_data()) for request, _ in interface.log]
    return [(one["about"], one.get("beside")) for one in asked]


def threads(interface: HTTPServer) -> list[str]:
    return [json.loads(request.get_data())["thread"] for request, _ in interface.log]


def tickets(httpserver: HTTPServer, *, status: int = 201) -> str:
    """An interface that numbers what it takes."""
    for number in range(1, 9):
        httpserver.expect_oneshot_request("/").respond_with_json({"id": number}, status=status)
    return TICKETS.format(url=httpserver.url_for("/"))


async def test_what_follows_is_put_beside_the_first_of_its_thread(office: Any, httpserver: HTTPServer) -> None:
    office.write(more=tickets(httpserver))
    one, other = (office.notice(thread, notifier="tickets") for thread in ("incident/1/all", "incident/2/all"))

    office.tell(one)
    await office.go(60)
    office.tell(other)
    await office.go(60)
    for about in ("repeated", "recovered"):
        office.tell(office.notice("incident/1/all", about, notifier="tickets"))
        await office.go(60)
    office.tell(office.notice("incident/2/all", "recovered", notifier="tickets"))
    await office.go(60)

    assert made(httpserver) == [
        ("opened", None),
        ("opened", None),
        ("repeated", "1"),
        ("recovered", "1"),
        ("recovered", "2"),
    ]


async def test_it_is_known_after_a_restart(office: Any, httpserver: HTTPServer) -> None:
    office.write(more=tickets(httpserver))
    office.tell(office.notice(notifier="tickets"))
    await office.go(60)

    await office.restart()
    office.tell(office.notice(about="recovered", notifier="tickets"))
    await office.go(60)

    assert made(httpserver) == [("opened", None), ("recovered", "1")]


async def test_what_told_of_several_things_at_once_is_the_first_of_none(office: Any, httpserver: HTTPServer) -> None:
    office.write(more=tickets(httpserver))
    office.tell(*(office.notice(f"incident/{number}/all", notifier="tickets") for number in (1, 2)))
    await office.go(60)

    office.tell(office.notice("incident/1/all", "recovered", notifier="tickets"))
    await office.go(60)

    assert [beside for _, beside in made(httpserver)] == [None, None]


async def test_where_threads_are_kept_apart_each_is_told_by_itself(office: Any, httpserver: HTTPServer) -> None:
    office.write(more=tickets(httpserver).replace("json =", "apart = true\njson =", 1))
    office.tell(*(office.notice(f"incident/{number}/all", notifier="tickets") for number in (1, 2, 3)))
    await office.go(3)
    office.tell(*(office.notice(f"incident/{number}/all", "recovered", notifier="tickets") for number in (3, 1)))
    await office.go(2)

    assert made(httpserver) == [
        ("opened", None),
        ("opened", None),
        ("opened", None),
        ("recovered", "3"),
        ("recovered", "1"),
    ]


async def test_what_failed_takes_up_only_what_its_own_thread_has(office: Any, httpserver: HTTPServer) -> None:
    httpserver.expect_oneshot_request("/").respond_with_data("", status=503)
    office.write(more=tickets(httpserver).replace("json =", "apart = true\njson =", 1))
    office.tell(office.notice("incident/1/all", notifier="tickets"))
    await office.go()

    office.tell(office.notice("incident/2/all", notifier="tickets"))
    office.tell(office.notice("incident/1/all", "repeated", notifier="tickets"))
    await office.go(60)

    assert threads(httpserver) == ["incident/1/all", "incident/1/all", "incident/2/all"]
