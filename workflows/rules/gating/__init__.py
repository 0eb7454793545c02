"""What has to hold before a step runs."""
