"""A message laid out as plain text."""

from collections.abc import Iterator, Sequence

from sla_engine.engine.wording.passage import Passage
from sla_engine.engine.wording.reading import Reader


def plain_text(passages: Sequence[Passage], summary: str, reader: Reader) -> str:
    """The passages one after the other, headed by a line that sums them up where there are several."""
    blocks = [block for passage in passages for block in _blocks(passage, reader)]
    return "\n\n".join([summary, *blocks] if summary else blocks) + "\n"


def further(passage: Passage, reader: Reader) -> str:
    """How many further things there are, or nothing."""
    return reader.plural("and {count} more", "and {count} more", passage.more) if passage.more else ""


def _blocks(passage: Passage, reader: Reader) -> Iterator[str]:
    if passage.own_text is not None:
        yield passage.own_text
        return
    more = further(passage, reader)
    yield passage.headline
    for block in (
        "\n".join(reader.labelled(name, value) for name, value in passage.rows),
        "\n".join([*(f"- {item}" for item in passage.items), *([f"- {more}"] if more else [])]),
        passage.body,
        "\n".join(passage.notes),
        passage.link or "",
    ):
        if block:
            yield block
