"""Three nodes for ComfyUI that provoke what tests of a client need; not for pictures."""

import time

import comfy.utils


class ProbeSleep:
    """Hands an image on after `seconds`, with `steps` reports of progress; may be interrupted."""

    CATEGORY = "probe"
    FUNCTION = "work"
    RETURN_TYPES = ("IMAGE",)

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "image": ("IMAGE",),
                "seconds": ("FLOAT", {"default": 1.0, "min": 0.0, "max": 600.0}),
                "steps": ("INT", {"default": 4, "min": 1, "max": 1000}),
            }
        }

    @classmethod
    def IS_CHANGED(cls, **inputs):
        # Never equal to itself, so that nothing is taken from the cache.
        return float("nan")

    def work(self, image, seconds, steps):
        progress = comfy.utils.ProgressBar(steps)
        for _ in range(steps):
            time.sleep(seconds / steps)
            progress.update(1)
        return (image,)


class ProbeBlock(ProbeSleep):
    """The same without reports: it cannot be interrupted."""

    def work(self, image, seconds, steps):
        time.sleep(seconds)
        return (image,)


class ProbeRaise:
    """Fails with `message`."""

    CATEGORY = "probe"
    FUNCTION = "work"
    RETURN_TYPES = ("IMAGE",)

    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"image": ("IMAGE",), "message": ("STRING", {"default": "boom"})}}

    def work(self, image, message):
        raise RuntimeError(message)


NODE_CLASS_MAPPINGS = {node.__name__: node for node in (ProbeSleep, ProbeBlock, ProbeRaise)}
