"""What is archived, how long it is kept, and what has gone."""
