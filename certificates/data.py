"""Frozen shapes that cross the border of certificates. Standard library only."""
