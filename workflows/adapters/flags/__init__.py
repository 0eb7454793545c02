"""Flags that callers choose their model by, served to every OpenFeature SDK by its remote protocol, OFREP."""
