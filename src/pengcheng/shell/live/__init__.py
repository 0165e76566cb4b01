"""The lean side: server-sent events from the outbox. Nothing of Django is imported here."""
