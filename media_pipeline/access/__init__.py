"""Who may come in, and how often: readers, API keys, refresh tokens, limits."""
