"""The process that judges; it ends when the engine closes the line, however the engine ends."""

import contextlib
import os
import sys
from fractions import Fraction
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler

from sla_engine.app.judge import Answer, Question
from sla_engine.engine.in_force import read_policies
from sla_engine.policy import PolicySet
from sla_engine.registry.logs import configure_logs
from sla_engine.store import open_store

_NICENESS = 5
"""Probes come first where the processor is short."""


def main() -> None:
    """Say that it is there, and answer questions until there are no more."""
    os.nice(_NICENESS)
    configure_logs()
    # As numbers: of text, which is how they go by themselves, whoever asked would have to make them again.
    ForkingPickler.register(Fraction, lambda one: (Fraction, (one.numerator, one.denominator)))
    with Connection(int(sys.argv[1])) as line, contextlib.suppress(EOFError, BrokenPipeError):
        line.send(True)
        policies: PolicySet | None = None
        while True:
            question: Question = line.recv()
            try:
                if question.snapshot is not None:
                    policies = read_policies(question.policy_hash, question.snapshot)
                assert policies is not None, "policies come with the first question"
                with open_store(question.store_url) as store:
                    answer = Answer(question.work(policies, store, question.at))
            except Exception as error:  # whatever it is, whoever asked is told
                answer = Answer(fault=f"{type(error).__name__}: {error}")
            line.send(answer)


if __name__ == "__main__":
    main()
