"""What goes back to Wikidata: statements that it lacks, with their references, and mappings."""
