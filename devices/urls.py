"""Addresses of devices."""

from django.urls import path

from devices import api

urlpatterns = [
    path("api/devices/me/", api.MyDeviceView.as_view(), name="my-device"),
    path("api/devices/me/doing/", api.DoingView.as_view(), name="doing"),
    path("api/draft/", api.DraftView.as_view(), name="draft"),
]
