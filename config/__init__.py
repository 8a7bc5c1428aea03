"""Settings, Lambda's entry point, and what deploys and plays AWS."""
