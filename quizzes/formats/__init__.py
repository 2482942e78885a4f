"""Items as files of other programs, and back. Nothing here writes a row or knows the database."""
