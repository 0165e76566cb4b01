"""Use cases of a running process: tasks, messages, child cases, the watch, moving versions."""
