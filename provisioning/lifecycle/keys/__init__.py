"""Use cases on API keys: reveal, rotate, expire, cut off, report a leak, note use."""
