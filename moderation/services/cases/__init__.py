"""Review cases: queued, leased, decided, answered, audited."""
