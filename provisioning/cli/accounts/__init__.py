"""Commands `provision accounts`: invite, look up, deactivate, reinstate."""
