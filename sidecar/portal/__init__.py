"""The institution's own pages: what the Administrator has on file, and what to do next."""
