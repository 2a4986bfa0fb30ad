"""Read-only questions that pages and commands ask of the projection: searches, counts, listings."""
