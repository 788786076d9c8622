from django.urls import path

from accounts import views

urlpatterns = [
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("account/", views.account, name="account"),
    path("account/tokens/", views.token_create, name="token-create"),
    path("account/tokens/<uuid:uid>/revoke/", views.token_revoke, name="token-revoke"),
]
