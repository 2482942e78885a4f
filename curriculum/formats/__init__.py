"""Frameworks as files of other systems: bytes into plain data and back. Nothing here knows the database."""
