"""What those who help institutions and OIS work with. Source: order cl. 9."""
