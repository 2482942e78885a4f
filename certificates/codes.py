"""Pure: make, check and normalise verification codes."""
