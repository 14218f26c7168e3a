"""What runs: the schedule, the probe runs, and how things stand. The only clock."""
