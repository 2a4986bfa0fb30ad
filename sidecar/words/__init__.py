"""Words that several rooms show to people: states and events of accounts, OIS and the record."""
