"""What open pages are told as soon as it changes: of one run, or of all that concerns a page."""
