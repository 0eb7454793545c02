"""Envoy, led by files it reads by itself and asked on its admin address."""
