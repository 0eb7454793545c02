"""Which models are worth retiring, and the forms that propose it."""
