"""A command becomes a decision: which events, timers and effects it leads to. Pure; each reads like a sentence."""
