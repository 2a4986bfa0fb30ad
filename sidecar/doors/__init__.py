"""Doors to what lies outside a page: settings, ledger, use cases, realm keys, signing."""
