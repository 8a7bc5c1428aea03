"""Lists and forms of the console; what they do is in moderation.services."""

from __future__ import annotations

from moderation.admin import audit, child_safety, deliveries, people, policies, queue, webhooks

__all__ = ["audit", "child_safety", "deliveries", "people", "policies", "queue", "webhooks"]
