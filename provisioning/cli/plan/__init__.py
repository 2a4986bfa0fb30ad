"""Commands that compare and apply the configuration: `plan`, `apply`, `drift`."""
