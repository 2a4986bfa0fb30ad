"""Use cases on one or many accounts: invitation, activation, deactivation, proposals of bulk decisions."""
