"""Who reached whose data: for institutions about themselves, for the Administrator's people about all."""
