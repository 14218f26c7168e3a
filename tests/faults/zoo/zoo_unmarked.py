"""A hook that was not marked as one."""


def sla_probes():
    raise AssertionError("never called")
