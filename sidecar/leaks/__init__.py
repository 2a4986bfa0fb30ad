"""Reports of API keys that were found in public, by people and by scanners (order cl. 8, 10)."""
