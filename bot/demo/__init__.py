"""The sample company, played in a local Slack."""
