"""Records in, Slack payloads out; every function here is pure."""
