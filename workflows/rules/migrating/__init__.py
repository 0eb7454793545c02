"""How consumers get from a model to its successor, and what shows that they did."""
