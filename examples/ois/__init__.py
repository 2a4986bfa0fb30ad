"""A third-party system (OIS) in small: an API key's token, exchanged for one of the central database."""
