"""Stand-ins for what lives outside: each one a real server that refuses what the real thing refuses."""
