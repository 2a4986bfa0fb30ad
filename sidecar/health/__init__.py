"""What load balancers and `provision stack` ask: is the process alive, can it do its work."""
