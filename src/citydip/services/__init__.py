"""What users ask for, over curation and engine (floor 2)."""
