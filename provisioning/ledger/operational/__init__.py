"""Tables kept beside the legal record: access counts, journal, key use, logouts, duties, self-tests."""
