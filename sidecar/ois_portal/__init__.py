"""Pages of an OIS's operator, signed in by SSO, and the same for the OIS itself by API. Source: order cl. 5, 6, 8."""
