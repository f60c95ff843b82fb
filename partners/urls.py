"""Addresses of the account itself."""

from django.urls import path

from partners import views

app_name = "partners"

urlpatterns = [
    path("switch", views.switch, name="switch"),
    path("sign-in-other", views.sign_in_other, name="sign-in-other"),
]
