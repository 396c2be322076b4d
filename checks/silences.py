"""What a silence covers and when it ends."""
