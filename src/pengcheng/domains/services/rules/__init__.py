"""Decisions of the services: cleaning, words, ranking, plain words, decision tables. All pure."""
