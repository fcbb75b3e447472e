"""The facilitators' view of runs and devices."""

from __future__ import annotations

from runs.admin.devices import DeviceWithRunsAdmin
from runs.admin.runs import RunAdmin

__all__ = ["DeviceWithRunsAdmin", "RunAdmin"]
