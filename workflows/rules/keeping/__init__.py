"""For how long what is archived is kept, and what keeps it longer."""
