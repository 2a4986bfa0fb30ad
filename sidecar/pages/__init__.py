"""Pages that explain: the home page."""
