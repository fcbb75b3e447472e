"""The engine SwarmUI."""

from pipelines.engines.swarmui.engine import Limits, SwarmUI

__all__ = ["Limits", "SwarmUI"]
