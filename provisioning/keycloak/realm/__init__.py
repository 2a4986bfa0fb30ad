"""Everything of the realm but accounts: a file per type of object, each with desired, read, create, update."""
