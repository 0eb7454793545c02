"""What is to happen when: dated steps, their digest, and how they move."""
