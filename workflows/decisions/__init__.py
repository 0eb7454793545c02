"""A command becomes a decision: its events, timers and effects. Pure; each reads like a sentence."""
