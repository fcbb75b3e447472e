"""What may be said and shown."""
