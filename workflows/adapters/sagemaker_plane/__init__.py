"""SageMaker as a plane: calls of one endpoint are shared out between variants, and moved for good by another config."""
