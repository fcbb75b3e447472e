"""From a participant's request to a recorded run, or to a `Problem` that says what is wrong."""
