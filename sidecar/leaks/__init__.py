"""Reports of API keys that were found in public, from anybody, for people and for scanners (order cl. 8, 10)."""
