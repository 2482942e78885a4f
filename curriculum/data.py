"""Frozen shapes that cross the border of curriculum. Standard library only."""
