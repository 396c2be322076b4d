"""Plans: who is told what, when, and why not."""
