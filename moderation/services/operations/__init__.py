"""What operators look after: dead letters, failed images, runs, API keys."""
