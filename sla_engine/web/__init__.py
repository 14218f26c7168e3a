"""The web: a status page for people, the same facts as JSON for programs, health and metrics for operators."""
