"""Pure: responses to points, points to pass or not."""
