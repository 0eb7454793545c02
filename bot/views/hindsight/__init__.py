"""What people learned, and how retirements go."""
