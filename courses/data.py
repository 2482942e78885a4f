"""Frozen shapes that cross the border of courses. Standard library only."""
