"""The API of moderation: reports, appeals, people, faces, consents."""
