"""Changes by hand in a live realm: each field of each kind of object to another valid value, and how drift names it."""
