"""Commands of `provision`: the only place that prints and picks exit codes."""
