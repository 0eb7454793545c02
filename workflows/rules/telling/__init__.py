"""What is told to whom, as effects of the outbox."""
