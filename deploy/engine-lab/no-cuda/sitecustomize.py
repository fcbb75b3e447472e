"""Lets torchvision's wheel from PyPI, compiled for CUDA, be imported beside a torch without it.

Its compiled part cannot load; its part in Python only asks that two operators are known by name,
which is declared here just before it is imported. ComfyUI itself is not touched.
"""

import importlib.abc
import sys

kept = []


class DeclareOperators(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "torchvision":
            sys.meta_path.remove(self)
            import torch

            try:
                torch.ops.torchvision.nms  # noqa: B018  asked for, to learn whether it is there
            except (AttributeError, RuntimeError):
                library = torch.library.Library("torchvision", "FRAGMENT")
                for operator in ("nms", "qnms"):
                    library.define(
                        f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
                    )
                kept.append(library)


sys.meta_path.insert(0, DeclareOperators())
