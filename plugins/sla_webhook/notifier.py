"""Messages to programs, by Standard Webhooks 1.0 (https://www.standardwebhooks.com)."""

from collections.abc import Mapping

from attrs import field, frozen

from sla_engine.plugin import Delivery, HttpRequest, Message, Notifier, NotifyRun, Secret
from sla_http.asking import check_url, header_values
from sla_http.posting import is_taken, not_sent, post, refused, told
from sla_webhook.payload import payload
from sla_webhook.signing import signatures

_GONE = 410
_OWN_HEADERS = frozenset({"webhook-id", "webhook-timestamp", "webhook-signature", "content-type"})
_MICRO = 1_000_000


@frozen
class WebhookNotifier(Notifier):
    """Post each message as JSON, signed as Standard Webhooks 1.0 have it; its key is the webhook-id of every try."""

    url: str  # address to post to, in full
    secrets: list[Secret]  # sign each message; two while one takes the place of the other
    headers: Mapping[str, str | Secret] = field(factory=dict)  # further headers
    ca_file: str | None = None  # certificates to trust instead of the system's (PEM)

    def __attrs_post_init__(self) -> None:
        check_url(self.url)
        if not self.secrets:
            raise ValueError('secrets is empty, so that nobody could tell our messages: write [{ env = "NAME" }]')
        for name in self.headers:
            if name.lower() in _OWN_HEADERS:
                raise ValueError(f"the header {name} is what the notifier itself sends: drop it from headers")

    async def send(self, message: Message, run: NotifyRun) -> Delivery:
        try:
            request = self._request(message, run)
        except (LookupError, ValueError) as error:
            return not_sent(f"secret: {error.args[0]}")
        answer = await post(request, run)
        if isinstance(answer, Delivery):
            return answer
        if is_taken(answer):
            return Delivery(sent=True, certain=True, detail=told(answer))
        return refused(answer, run, {_GONE})

    def _request(self, message: Message, run: NotifyRun) -> HttpRequest:
        body, second = payload(message), run.clock.now() // _MICRO
        headers, private = header_values(self.headers, run)
        return HttpRequest(
            url=self.url,
            method="POST",
            headers={
                **headers,
                "Content-Type": "application/json",
                "webhook-id": message.key,
                "webhook-timestamp": str(second),
                "webhook-signature": signatures(self.secrets, run.secrets, message.key, second, body),
            },
            private_headers=private,
            body=body.encode(),
            ca_file=self.ca_file,
        )
