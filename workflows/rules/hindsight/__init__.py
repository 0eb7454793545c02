"""What came of retirements, and what is learned from them."""
