"""Webhooks: endpoints, events, signed deliveries."""
