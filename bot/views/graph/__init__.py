"""Who depends on what, and what else a retirement meets there."""
