"""Power cut at any moment: what was acknowledged is still in the record, nothing is half there."""
