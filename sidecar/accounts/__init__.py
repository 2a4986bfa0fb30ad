"""Lists and dossiers of accounts, shared by the pages of authorities and of the desk."""
