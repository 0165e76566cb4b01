"""History that has left the rows: Parquet files, what is known of each, and reading both as one."""
