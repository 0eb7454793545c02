"""How fast the engine is, each figure beside a reference measured in the same run."""
