"""Commands `provision outbox`: send queued mail, show its state, take in bounces."""
