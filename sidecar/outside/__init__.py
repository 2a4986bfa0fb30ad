"""The one way to addresses that strangers give us: what may be asked, and how. Source: docs/security.md row 26."""
