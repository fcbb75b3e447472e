"""Accounts: Django's own list and form, for two at once and with passwords of one's own."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from ai4artsed.facilitation.conflicts import HoldsRow, SharedForm
from devices.models import FirstPassword

# Registered by Django when its module is imported, above.
admin.site.unregister(User)


class PersonForm(SharedForm, UserChangeForm[User]):
    """Django's form of an account, which two people may have open."""


@admin.register(User)
class PersonAdmin(HoldsRow[User], UserAdmin[User]):
    """Whoever gives somebody a password knows it, so its owner chooses another one first."""

    form = PersonForm

    def save_model(
        self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            FirstPassword.objects.create(user=obj)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        answer = super().user_change_password(request, id, form_url)
        is_done = request.method == "POST" and answer.status_code == 302
        if is_done and id != str(request.user.pk):
            FirstPassword.objects.get_or_create(user_id=int(id))
        return answer
