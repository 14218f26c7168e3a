"""What help desks post: taken, refused, or asked to come again."""

from collections.abc import Callable, Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from sla_engine.engine.sources.following import NoSuchSourceError
from sla_engine.model.zone import parse_zone
from sla_engine.plugin import CallRefused, SourceError, WebhookCall
from sla_engine.web.app import create_app
from sla_engine.web.site import Site

Post = Callable[..., tuple[int, str | None]]


class Ear:
    """Takes what is posted to ``zammad``, or does otherwise."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, WebhookCall]] = []
        self.error: Exception | None = None

    async def hear(self, name: str, call: WebhookCall) -> None:
        if name != "zammad":
            raise NoSuchSourceError(name)
        if self.error is not None:
            raise self.error
        self.heard.append((name, call))


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def client(ear: Ear) -> Iterator[TestClient[Litestar]]:
    site = Site(lambda: None, tuple, tuple, tuple, lambda: parse_zone("UTC"), hear=ear.hear)  # type: ignore[arg-type,return-value]
    with TestClient(create_app(site)) as opened:
        yield opened


def test_what_is_posted_is_handed_on_as_it_came(client: TestClient[Litestar], ear: Ear) -> None:
    answer = client.post("/api/v1/sources/zammad", content=b'{"a": 1} ', headers={"X-Hub-Signature": "sha1=00"})

    assert (answer.status_code, answer.content) == (204, b"")
    [(name, call)] = ear.heard
    assert (name, call.body, call.headers["x-hub-signature"]) == ("zammad", b'{"a": 1} ', "sha1=00")


@pytest.mark.parametrize(
    ("name", "error", "status", "said", "after"),
    [
        ("other", None, 404, "there is no such ticket source", None),
        ("zammad", CallRefused("its secret is wrong"), 401, "this is not believed; the engine's log says why", None),
        ("zammad", SourceError("10.0.0.7 is down"), 503, "post it again later", "30"),
        ("zammad", SourceError("slow down", 7.2), 503, "post it again later", "7"),
    ],
)
def test_whoever_posts_is_told_what_to_do_and_no_more(
    name: str,
    error: Exception | None,
    status: int,
    said: str,
    after: str | None,
    client: TestClient[Litestar],
    ear: Ear,
) -> None:
    ear.error = error

    answer = client.post(f"/api/v1/sources/{name}", content=b"{}")

    assert (answer.status_code, answer.json()["detail"], answer.headers.get("retry-after")) == (status, said, after)


def test_too_large_a_body_is_refused_unheard(client: TestClient[Litestar], ear: Ear) -> None:
    answer = client.post("/api/v1/sources/zammad", content=b"x" * (4 * 1024 * 1024 + 1))

    assert (answer.status_code, ear.heard) == (413, [])


def test_who_is_not_believed_again_and_again_is_not_heard_for_a_while(client: TestClient[Litestar], ear: Ear) -> None:
    ear.error = CallRefused("no")
    statuses = [client.post("/api/v1/sources/zammad", content=b"{}").status_code for _ in range(12)]
    ear.error = None

    last = client.post("/api/v1/sources/zammad", content=b"{}")

    assert statuses == [401] * 10 + [429] * 2
    assert (last.status_code, ear.heard) == (429, [])


def test_nothing_but_posts_is_taken_and_a_site_without_sources_has_none(client: TestClient[Litestar]) -> None:
    bare = create_app(Site(lambda: None, tuple, tuple, tuple, lambda: parse_zone("UTC")))  # type: ignore[arg-type,return-value]

    assert client.get("/api/v1/sources/zammad").status_code == 405
    with TestClient(bare) as other:
        assert other.post("/api/v1/sources/zammad", content=b"{}").status_code == 404
