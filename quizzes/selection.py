"""Pure: seed and pool to items and order of choices."""
