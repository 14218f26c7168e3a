"""The command line: one file a command, no rule of judgement in any of them."""
