"""Where Django finds what the facilitators' site lists."""

from __future__ import annotations

from ai4artsed.facilitation.acts import ActAdmin
from ai4artsed.facilitation.devices import DeviceAdmin
from ai4artsed.facilitation.people import PersonAdmin
from ai4artsed.facilitation.runs import RunAdmin
from ai4artsed.facilitation.workshops import WorkshopAdmin

__all__ = ["ActAdmin", "DeviceAdmin", "PersonAdmin", "RunAdmin", "WorkshopAdmin"]
