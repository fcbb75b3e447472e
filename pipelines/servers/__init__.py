"""The servers of this installation: which there are, what they make, how they are."""
