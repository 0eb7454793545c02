"""Several bots on one PostgreSQL, killed at any moment, and the database, too: nothing is lost, nothing told twice."""
