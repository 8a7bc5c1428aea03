"""People and their work on images: accounts, cases, faces, webhooks, privacy, and the console."""
