"""The application: one view, no database, no middleware."""

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

from server.app import held


def request(_request, client, number):
    return HttpResponse(held.worker.request(client, number),
                        content_type="text/plain")


urlpatterns = [path("request/<int:client>/<int:number>", request)]

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"],
                   MIDDLEWARE=[], SECRET_KEY="nothing is signed",
                   DEBUG_PROPAGATE_EXCEPTIONS=True)  # the server writes them
application = get_wsgi_application()
