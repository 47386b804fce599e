"""The refresh from Wikidata: asks a query service politely, page by page, and writes what its statements say."""
