"""Engines that need no server: rule-based, and honest about it."""
