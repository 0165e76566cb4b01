"""Use cases of the OpenID provider: enter clients, judge requests, ask people, issue and end."""
