"""Authorities from files that people completed, to records of `institutions/*.yaml`; hromadas that merge and split.

Reads files and decides; writing is `edebo.files`' and the command's. Contacts nothing. An address is never made up: a
base key goes to it (order cl. 4).
"""
