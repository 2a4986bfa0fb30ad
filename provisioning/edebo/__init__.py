"""From the national register's open export (ЄДЕБО) to records of `institutions/*.yaml`, and what needs a person.

Reads files and decides; writing is `registry.list_text`'s and the command's. Contacts nothing.
"""
