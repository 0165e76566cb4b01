"""Forms as data: pages of questions in a JSON file, checked on reading, drawn on the server.

A page becomes a Django form, so the components of `kit.pages` draw it and it works without
JavaScript. Nothing here knows a city, a service or a law.
"""
