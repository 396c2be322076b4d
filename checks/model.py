"""Values that every room speaks in."""
