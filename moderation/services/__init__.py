"""What moderation does, a package a subject; views, API and handlers only call it."""
