"""Commands `provision mandates`: give, withdraw, direct use, grants by an authority."""
