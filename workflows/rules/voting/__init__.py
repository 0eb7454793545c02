"""Who may vote, in which role, and what a round of votes comes to."""
