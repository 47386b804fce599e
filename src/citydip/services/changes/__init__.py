"""Changes between versions, chosen, made on demand and written in formats."""
