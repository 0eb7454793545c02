"""Who depends on a model, what they owe and answered, and who calls without being declared."""
