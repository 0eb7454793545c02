"""Facts: frozen records of what exists and of how a retirement stands."""
