"""The public list of connected OIS. Source: order cl. 5."""
