"""What the linter says of the FAQ: files that are no articles, and a folder that is not there."""

from collections.abc import Iterator
from pathlib import Path

from sla_engine.engine.faq.articles import FaqError, read_articles
from sla_engine.policy import Compilation, Diagnostic
from sla_engine.policy.codes import Code
from sla_engine.policy.diagnostics import START
from sla_engine.policy.faults import message_and_help


def lint_faq(compilation: Compilation) -> Iterator[Diagnostic]:
    """A warning for each file of the FAQ that nobody will find, or one for the folder; none where there is no FAQ."""
    place = compilation.faq
    level = compilation.engine.lint.get(Code.FAQ, "warning")
    if place is None or level == "off":
        return
    folder = Path(place.file.name).parent / str(compilation.engine.desk.faq)
    try:
        faults = read_articles(folder).faults
    except FaqError:
        span = place.file.spot(place.path).value
        line = place.file.line(span.line)
        message, help_ = (
            f"there is no folder {folder}",
            "make it, or name one that is there, as seen from this file",
        )
        yield Diagnostic(Code.FAQ, level, message, help_, place.file.name, span, line)
        return
    for fault in faults:
        message, help_ = message_and_help(fault.message)
        yield Diagnostic(Code.FAQ, level, f"is no article: {message}", help_, str(fault.path), START)
