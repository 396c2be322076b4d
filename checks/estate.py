"""Which looks a client deserves, and who shares what with whom."""
