"""The far ends of our ports, one file per thing wrapped."""
