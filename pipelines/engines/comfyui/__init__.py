"""ComfyUI: pictures by graphs, straight or through SwarmUI's passthrough."""

from pipelines.engines.comfyui.engine import ComfyUI, Limits
from pipelines.engines.comfyui.graph import Workflow, load_workflows

__all__ = ["ComfyUI", "Limits", "Workflow", "load_workflows"]
