"""Frozen shapes that cross the border of quizzes. Standard library only."""
