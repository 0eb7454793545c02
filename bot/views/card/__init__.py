"""One retirement as its channel sees it: the card, its dated plan, and the lines of its thread."""
