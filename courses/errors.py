"""Errors of courses: sentences that a learner can read."""


class CourseError(Exception):
    """Something about a course cannot be done; the message says why and what to do."""
