"""Rounds of votes, and what people confirm, attest or object to beside them."""
