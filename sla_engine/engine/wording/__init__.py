"""The words of messages: from notices in the outbox to a subject, a text, HTML and an SMS, in five languages."""

from sla_engine.engine.wording.composing import Wording, compose

__all__ = ["Wording", "compose"]
