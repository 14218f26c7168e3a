"""Incidents: when they open and close, what is on record of them, and what people do about them."""

from sla_engine.engine.incidents.detecting import Course, Incident, Phase, detect, trace
from sla_engine.engine.incidents.sights import Observation, Seen, Spoken, sights, timeline_of

__all__ = ["Course", "Incident", "Observation", "Phase", "Seen", "Spoken", "detect", "sights", "timeline_of", "trace"]
