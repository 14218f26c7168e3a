"""What messages are about. Each has a text of the engine's own, which ``[text.ABOUT]`` in a policy replaces."""

from collections.abc import Mapping

ABOUTS: Mapping[str, str] = {
    "opened": "a service is down, or degraded",
    "repeated": "it still is",
    "acknowledged": "somebody has taken the incident on",
    "flapping": "a service keeps going down and up, and stays one incident",
    "recovered": "a service is up again",
    "burn": "an error budget burns too fast",
    "burn-over": "it does so no longer",
    "certificate": "a certificate expires soon, or has expired",
    "engine": "the monitoring itself has a problem",
    "engine-over": "it works again",
    "held": "messages were held back, because there were too many",
    "maintenance-planned": "maintenance is announced",
    "maintenance-changed": "announced maintenance is moved, or is otherwise another",
    "maintenance-cancelled": "announced maintenance does not take place",
    "maintenance-reminder": "announced maintenance begins soon",
    "maintenance-started": "maintenance has begun",
    "maintenance-ended": "maintenance has ended",
    "clock-warning": "a ticket has to be answered soon",
    "clock-breached": "a ticket was not answered in time",
    "desk-opened": "a ticket was opened, or reopened: for those who answer it",
    "desk-reached": "a ticket was handed on to their level",
    "desk-wrote": "the customer wrote",
    "ticket-opened": "a customer's ticket was received",
    "ticket-answered": "it was answered",
    "ticket-waiting": "something is asked of the customer",
    "ticket-escalated": "it was handed on to another level",
    "ticket-resolved": "it was resolved",
    "ticket-reopened": "it was reopened",
}
"""What happened, and what it means."""
