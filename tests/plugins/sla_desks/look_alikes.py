"""Servers on loopback that answer as Zammad and GLPI document it, with tickets that tests have things happen to."""

import asyncio
import hashlib
import hmac
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from sla_engine.plugin import WebhookCall
from sla_engine.testing.servers.thread import LoopbackServer

Answer = tuple[int, Mapping[str, str], Any]


class LookAlike(LoopbackServer):
    """A server that answers JSON.

    Attributes:
        asked: the paths that were asked for, in order.
        fails: by a pattern of paths, what is answered instead; with status 0 nothing is.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.fails: dict[str, Answer] = {}

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def answer(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        raise NotImplementedError

    async def _listen(self, port: int) -> asyncio.Server:
        return await asyncio.start_server(self._serve_one, self.host, port)

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer.transport)
        try:
            while await self._converse(reader, writer):
                pass
        except (OSError, EOFError):
            pass  # clients that break off are what is being tested
        finally:
            self._connections.discard(writer.transport)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        parts = urlsplit(head[0].split()[1])
        self.asked.append(parts.path)
        failing = next((answer for path, answer in self.fails.items() if re.match(path, parts.path)), None)
        status, more, content = failing or self.answer(parts.path, dict(parse_qsl(parts.query)), headers)
        if status == 0:
            await asyncio.sleep(60)
            return False
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        lines = [f"HTTP/1.1 {status} As told", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in more.items()]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)
        await writer.drain()
        return True


class Zammad(LookAlike):
    """A Zammad whose agents, customers and triggers do what the test says, at the instants that it says."""

    token = "zammad-token-1"

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[int, dict[str, Any]] = {}
        self.articles: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.history: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self._last = 100

    def open(
        self,
        at: str,
        title: str = "No mail arrives",
        *,
        group: str = "1st Level",
        organization: str | None = "ACME S.A.",
        customer: str = "ops@acme.example",
        state: str = "new",
    ) -> int:
        number = len(self.tickets) + 1
        self.tickets[number] = {
            "id": number,
            "number": f"{22000 + number}",
            "title": title,
            "group": group,
            "state": state,
            "priority": "2 normal",
            "organization": organization,
            "customer": customer,
            "owner": "-",
            "created_at": at,
            "updated_at": at,
        }
        self._enter(number, "Ticket", "created", at)
        self.write(number, at, sender="Customer")
        return number

    def write(
        self, number: int, at: str, *, sender: str = "Agent", kind: str = "email", internal: bool = False
    ) -> None:
        self._last += 1
        article = {"id": self._last, "ticket_id": number, "sender": sender, "type": kind, "internal": internal}
        self.articles[number].append(
            {**article, "from": "x", "body": "<b>text</b>", "created_at": at, "updated_at": at}
        )
        self._touch(number, at)

    def put(self, number: int, attribute: str, value: str, at: str) -> None:
        before = self.tickets[number][attribute]
        self.tickets[number][attribute] = value
        self._enter(number, "Ticket", "updated", at, attribute=attribute, value_from=before, value_to=value)
        self._touch(number, at)

    def call(self, number: int, secret: str, algorithm: str = "sha1") -> WebhookCall:
        """What its webhook posts."""
        body = json.dumps({"ticket": self.tickets[number], "article": self.articles[number][-1]}).encode()
        digest = hmac.new(secret.encode(), body, algorithm).hexdigest()
        return WebhookCall({"x-hub-signature": f"{algorithm}={digest}", "x-zammad-trigger": "any"}, body)

    def answer(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        if headers.get("authorization") != f"Token token={self.token}":
            return 401, {}, {"error": "Invalid token!"}
        *_, last = path.split("/")
        if path == "/api/v1/tickets/search":
            return 200, {}, self._search(query)
        if not last.isdecimal() or int(last) not in self.tickets:
            return 404, {}, {"error": "Couldn't find Ticket"}
        number = int(last)
        if path.startswith("/api/v1/ticket_articles/by_ticket/"):
            return 200, {}, self.articles[number]
        if path.startswith("/api/v1/ticket_history/"):
            return 200, {}, {"history": self.history[number], "assets": {}}
        return 200, {}, self.tickets[number]

    def _search(self, query: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
        asked = re.fullmatch(r"updated_at:\[(\S+) TO \*\]", query["query"])
        assert asked is not None
        assert (query["sort_by"], query["order_by"], query["expand"]) == ("updated_at", "asc", "true")
        since, limit, page = datetime.fromisoformat(asked[1]), int(query["limit"]), int(query["page"])
        found = [one for one in self.tickets.values() if datetime.fromisoformat(one["updated_at"]) >= since]
        return sorted(found, key=lambda one: str(one["updated_at"]))[(page - 1) * limit : page * limit]

    def _enter(self, number: int, thing: str, kind: str, at: str, **values: Any) -> None:
        self._last += 1
        entry = {"id": self._last, "o_id": number, "object": thing, "type": kind, "created_at": at, "created_by_id": 3}
        self.history[number].append({**entry, **values})

    def _touch(self, number: int, at: str) -> None:
        self.tickets[number]["updated_at"] = max(self.tickets[number]["updated_at"], at)


class Glpi(LookAlike):
    """A GLPI, which shows wall times of a zone; tests say instants."""

    user_token, app_token, session = "glpi-user-token", "glpi-app-token", "session-1"
    requester, agent = 7, 2

    def __init__(self, zone: str = "Europe/Lisbon") -> None:
        super().__init__()
        self.zone = ZoneInfo(zone)
        self.tickets: dict[int, dict[str, Any]] = {}
        self.followups: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.logs: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.sessions = 0
        self._last = 500

    def open(self, at: str, name: str = "No mail arrives", *, entity: str = "Root entity > ACME S.A.") -> int:
        number, wall = len(self.tickets) + 1, self._wall(at)
        self.tickets[number] = {
            "id": number,
            "name": name,
            "entities_id": entity,
            "status": 1,
            "date": wall,
            "date_creation": wall,
            "date_mod": wall,
            "is_deleted": 0,
        }
        return number

    def write(self, number: int, at: str, *, author: int = agent, private: bool = False) -> None:
        self._last += 1
        wall = self._wall(at)
        entry = {"id": self._last, "itemtype": "Ticket", "items_id": number, "date": wall, "users_id": author}
        self.followups[number].append({**entry, "content": "text", "is_private": int(private)})
        self.tickets[number]["date_mod"] = wall

    def put(self, number: int, status: int, at: str) -> None:
        before, self.tickets[number]["status"] = self.tickets[number]["status"], status
        self._log(number, at, id_search_option=12, old_value=str(before), new_value=str(status))

    def assign(self, number: int, group: str, at: str) -> None:
        self._log(number, at, id_search_option=8, linked_action=15, itemtype_link="Group", new_value=f"{group} (12)")

    def call(self, number: int, secret: str, stamp: str = "1790000000") -> WebhookCall:
        """What its webhook posts."""
        body = json.dumps({"event": "update", "item": {"id": number, "name": "x"}}).encode()
        digest = hmac.new(secret.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
        return WebhookCall({"x-glpi-signature": digest, "x-glpi-timestamp": stamp}, body)

    def answer(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        steps = path.removeprefix("/apirest.php/").split("/")
        if headers.get("app-token") != self.app_token:
            return 400, {}, ["ERROR_WRONG_APP_TOKEN_PARAMETER", "parameter app_token seems wrong"]
        if steps == ["initSession"]:
            if headers.get("authorization") != f"user_token {self.user_token}":
                return 401, {}, ["ERROR_GLPI_LOGIN_USER_TOKEN", "parameter user_token seems invalid"]
            self.sessions += 1
            return 200, {}, {"session_token": self.session}
        if headers.get("session-token") != self.session:
            return 401, {}, ["ERROR_SESSION_TOKEN_INVALID", "session_token seems invalid"]
        if steps == ["killSession"]:
            self.sessions -= 1
            return 200, {}, True
        if steps == ["search", "Ticket"]:
            return self._search(query)
        number = int(steps[1])
        if number not in self.tickets:
            return 404, {}, ["ERROR_ITEM_NOT_FOUND", "Item not found"]
        if len(steps) == 2:
            return 200, {}, self.tickets[number]
        actors = [
            {"id": 1, "tickets_id": number, "users_id": self.requester, "type": 1},
            {"id": 2, "tickets_id": number, "users_id": self.agent, "type": 2},
        ]
        lists = {"ITILFollowup": self.followups[number], "Log": self.logs[number], "Ticket_User": actors}
        return self._page(lists[steps[2]], query["range"])

    def _search(self, query: Mapping[str, str]) -> Answer:
        assert query["criteria[0][field]"] == query["sort"] == "19"
        assert (query["criteria[0][searchtype]"], query["order"]) == ("morethan", "ASC")
        changed = [one for one in self.tickets.values() if one["date_mod"] > query["criteria[0][value]"]]
        rows = [{"2": one["id"], "19": one["date_mod"]} for one in sorted(changed, key=lambda one: one["date_mod"])]
        if not rows:
            return 200, {}, {"totalcount": 0, "count": 0}
        status, headers, page = self._page(rows, query["range"])
        return status, headers, page if status == 400 else {"totalcount": len(rows), "count": len(page), "data": page}

    def _page(self, rows: Sequence[Any], span: str) -> Answer:
        first, last = map(int, span.split("-"))
        if first and first >= len(rows):
            return 400, {}, ["ERROR_RANGE_EXCEED_TOTAL", f"Provided range exceed total count of data: {len(rows)}"]
        page = rows[first : last + 1]
        headers = {"Content-Range": f"{first}-{first + len(page) - 1}/{len(rows)}", "Accept-Range": "Ticket 990"}
        return 206 if len(page) < len(rows) else 200, headers, list(page)

    def _log(self, number: int, at: str, **values: Any) -> None:
        self._last += 1
        wall = self._wall(at)
        entry = {
            "id": self._last,
            "itemtype": "Ticket",
            "items_id": number,
            "itemtype_link": "",
            "linked_action": 0,
            "user_name": "glpi (2)",
            "date_mod": wall,
            "old_value": "",
        }
        self.logs[number].append({**entry, **values})
        self.tickets[number]["date_mod"] = wall

    def _wall(self, at: str) -> str:
        return f"{datetime.fromisoformat(at).astimezone(self.zone):%Y-%m-%d %H:%M:%S}"
