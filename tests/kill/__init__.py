"""The bot, killed at any moment: nothing acknowledged is lost, nothing is told twice."""
