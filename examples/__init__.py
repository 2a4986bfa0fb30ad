"""Things to run and to read: the demo, and later a central database and an OIS."""
