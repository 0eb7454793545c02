"""Engines that carry calls at scale, driven where an operator runs them: what all of them have in common."""
