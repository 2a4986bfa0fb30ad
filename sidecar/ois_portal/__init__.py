"""Pages of whoever runs an OIS, signed in by SSO, and the same for the OIS itself by API. Source: order cl. 5, 6, 8."""
