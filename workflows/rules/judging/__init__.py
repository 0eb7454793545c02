"""How a successor is judged beside the model it replaces: evidence that may be looked at whenever one likes."""
