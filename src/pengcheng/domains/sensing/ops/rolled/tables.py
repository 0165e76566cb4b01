"""The tables that say which instances lie in files, for both databases.

`ngsild_file` names each file; its state is `writing` (nobody reads it), `ready` (read, while its
rows are still being deleted), `done`, or `gone` (merged into another, soon removed).
`ngsild_rolled` says for each series where in a file its instances are and from when to when.
`ngsild_grave` says which instances of files no longer count: a whole evolution, an attribute, a
dataset of it, a moment or one number; until which file and which number, as what came later is
not meant.
"""

TIMES = ("observed", "created", "modified", "deleted")
ROLLED = (
    """CREATE TABLE IF NOT EXISTS ngsild_file (
        id {serial}, tenant text NOT NULL, month text NOT NULL, name text NOT NULL,
        state text NOT NULL, version integer NOT NULL, changed bigint NOT NULL,
        lines bigint NOT NULL DEFAULT 0, size bigint NOT NULL DEFAULT 0,
        sha256 text NOT NULL DEFAULT '', first_seq bigint, last_seq bigint,
        since bigint, until bigint)""",
    "CREATE INDEX IF NOT EXISTS ngsild_file_month ON ngsild_file (tenant, month)",
    """CREATE TABLE IF NOT EXISTS ngsild_rolled (
        tenant text NOT NULL, entity text{exact} NOT NULL, attr text{exact} NOT NULL,
        file bigint NOT NULL, start bigint NOT NULL, lines bigint NOT NULL,
        observed_from bigint, observed_to bigint, created_from bigint, created_to bigint,
        modified_from bigint, modified_to bigint, deleted_from bigint, deleted_to bigint,
        PRIMARY KEY (tenant, entity, attr, file)) {no_rowid}""",
    "CREATE INDEX IF NOT EXISTS ngsild_rolled_file ON ngsild_rolled (file)",
    """CREATE TABLE IF NOT EXISTS ngsild_grave (
        id {serial}, tenant text NOT NULL, entity text{exact} NOT NULL, attr text NOT NULL,
        dataset text, observed bigint, number bigint, until_file bigint NOT NULL,
        until_seq bigint NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS ngsild_grave_entity ON ngsild_grave (tenant, entity)",
    "CREATE INDEX IF NOT EXISTS ngsild_grave_number ON ngsild_grave (number)",
)
