"""Doors to what stands outside a page: settings, ledger, use cases, realm keys, signing."""
