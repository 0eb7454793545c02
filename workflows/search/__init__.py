"""Finding retired models and those in service: what is searched, what is asked, and what one person may be shown."""
