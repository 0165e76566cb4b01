"""The context broker: live entities, their history, subscriptions and sources."""
