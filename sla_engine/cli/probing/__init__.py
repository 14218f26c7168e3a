"""The parts of ``sla probe``: what is meant, how it is run, and how it is shown."""
