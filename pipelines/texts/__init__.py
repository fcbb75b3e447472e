"""Texts that a language model or the Wortwerkstatt writes, streamed while they are recorded."""
