"""One generation, from its claimed run to its last file."""
