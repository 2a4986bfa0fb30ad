"""Commands `provision ois`: look up, papers, decisions, keys and operators of an OIS."""
