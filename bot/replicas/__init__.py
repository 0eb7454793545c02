"""What several replicas of the bot must share beside the database."""
