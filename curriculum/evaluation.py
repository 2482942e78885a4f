"""Pure: requirements and evidence in, a report with reasons out."""
