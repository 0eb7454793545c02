"""What is done outside, one file per kind of work. Everything here may run twice, and says how that is harmless."""
