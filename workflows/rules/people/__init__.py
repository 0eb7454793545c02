"""When and through whom a person is reached."""
