from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView


class NoSuchPath(APIView):
    """What is not a path of the API is answered like everything else, as problem+json."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    schema = None

    def initial(self, request, *args, **kwargs):
        self.format_kwarg = None
        detail = _("There is no such path here. Most end with a slash; /api/v1/docs/ shows them all.")
        raise exceptions.NotFound(detail)
