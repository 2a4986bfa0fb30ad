"""The JSON API for institutions, version 1. Small: people have the portal, programs have tokens and the gate."""
