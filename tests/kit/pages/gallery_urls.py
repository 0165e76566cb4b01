"""The city's addresses together with the gallery, which otherwise is there in DEBUG only."""

from django.http import HttpResponse
from django.urls import path

from pengcheng.kernel.web import page
from pengcheng.shell.pages.urls import GALLERY
from pengcheng.shell.urls import handler400, handler404, urlpatterns

__all__ = ["handler400", "handler404", "urlpatterns"]

BROKEN = """<!doctype html><html><head><title>x</title></head><body>
<form><input type="text"><img src="/x.png"><button></button></form>
<p class="pale">pale</p><a href="/">a</a></body></html>"""


@page(public=True)
def broken(request) -> HttpResponse:
    return HttpResponse(BROKEN)


urlpatterns = [*GALLERY, path("broken/", broken), *urlpatterns]
