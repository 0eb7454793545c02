"""What owners of consumers are asked, what they answer, and who answers for them."""
