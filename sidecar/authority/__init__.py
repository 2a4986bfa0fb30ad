"""Pages of an authority: the institutions of its sphere, and what it asks the Administrator about them (cl. 3)."""
