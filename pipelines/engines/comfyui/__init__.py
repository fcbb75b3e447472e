"""The engine ComfyUI."""
