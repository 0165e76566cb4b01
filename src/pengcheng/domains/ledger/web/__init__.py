"""Pages, REST and the files of the log."""
