"""What people ask in their own words: which question it is, what it is about, and what the record says to it."""
