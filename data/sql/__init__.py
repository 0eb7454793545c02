"""The record in SQL, once for every database: SQLite runs these statements as they stand, PostgreSQL translated."""
