"""What catalogs tell, what they are told, and the public schedule."""
