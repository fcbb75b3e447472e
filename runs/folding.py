"""Where the migration 0011 finds `fold`, which devices need as well by now."""

from devices.folding import fold

__all__ = ["fold"]
