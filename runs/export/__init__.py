"""Runs for taking along: one selection, several writers."""
