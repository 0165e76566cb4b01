"""The ways into command: REST, workbench pages and the screen."""
