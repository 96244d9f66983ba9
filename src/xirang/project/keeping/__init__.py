"""Looking after an installation: its database, its secrets, its backups and what is wrong with it."""
