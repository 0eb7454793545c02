"""Which models are worth retiring."""
