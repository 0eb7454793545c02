"""The commands of the command line, one file per kind; `bot/cli.py` puts them together."""
