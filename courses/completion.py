"""Pure: outline and done lessons to what is open, what is next, what fraction is done."""
