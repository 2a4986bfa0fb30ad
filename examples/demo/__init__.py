"""The order's clauses, told on the running stack: every step shows the real command, request and answer."""
