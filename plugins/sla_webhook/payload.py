"""What a webhook says. The names are a promise: more may come, none goes or changes its meaning."""

import json
from datetime import UTC, datetime, timedelta

from sla_engine.plugin import Message
from sla_http.posting import sound

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def payload(message: Message) -> str:
    """A message as JSON, the same on every try."""
    document = {
        "type": f"sla.{message.about}",
        "timestamp": (_EPOCH + timedelta(microseconds=message.at)).isoformat().replace("+00:00", "Z"),
        "data": {
            "about": message.about,
            "severity": message.severity,
            "thread": message.thread,
            "is_first": message.is_first,
            "is_over": message.is_over,
            "subject": sound(message.subject),
            "text": sound(message.text),
            "short": None if message.short is None else sound(message.short),
            "language": message.language,
            "to": list(message.to),
            "names": {name: sound(value) for name, value in sorted(message.names.items())},
        },
    }
    return json.dumps(document, ensure_ascii=True)
