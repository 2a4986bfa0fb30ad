"""The domain of the order: institutions, accounts, rights, spheres. Pure: no I/O, no clock."""
