"""Models that run on this machine, with their weights inside packages; what each finds, in plain terms."""
