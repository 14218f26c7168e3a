"""The JSON Schema of the policy language, for editors."""

from sla_engine.policy.schema.building import json_schema
from sla_engine.policy.schema.comments import field_comments
from sla_engine.policy.schema.draft_7 import as_draft_7

__all__ = ["as_draft_7", "field_comments", "json_schema"]
