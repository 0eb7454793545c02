"""The demo's story, act by act: each is a table from what is expected to the scene that shows it."""
