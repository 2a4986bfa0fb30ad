"""Commands `provision keys`: status, reveal, rotate, cut off, report a leak."""
