"""Mandates: institutions and authorities let an OIS work for them, and stop it (order cl. 5, 8)."""
