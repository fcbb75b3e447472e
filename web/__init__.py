"""What every app needs of HTTP."""
