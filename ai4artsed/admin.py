"""The facilitators' side: Django's own admin, made for a tablet."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class WorkshopAdminSite(AdminSite):
    site_header = "ai4artsed"
    site_title = "ai4artsed"
    index_title = _("Workshop")
    # On a tablet the sidebar leaves the table too little room.
    enable_nav_sidebar = False
