"""What is decided about OIS: agreement, conclusion, connection, suspension, keys (order cl. 6)."""
