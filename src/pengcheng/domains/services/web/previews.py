"""Pictures of files handed in, for looking at them beside the answers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pengcheng.domains.services import api
from pengcheng.domains.services.web.asking import asker
from pengcheng.kernel.problems import NotFound
from pengcheng.kernel.web import page
from pengcheng.kit import preview


@require_safe
@never_cache
@page(permission="services.upload.read")
def picture(request: HttpRequest, upload_id: str) -> HttpResponse:
    """A picture alone goes into a page, never the file; what cannot be one says so."""
    context = asker(request).for_purpose("service.handling")
    upload, path = api.read_upload(context=context, upload_id=str(upload_id))
    made = preview.picture(path, upload.media_type)
    if made is None:
        raise NotFound(
            code="services.upload.no_picture",
            zh="该文件无法显示预览",
            en="No picture of this file can be shown",
            next_zh="请下载后查看。",
            next_en="Download it to look at it.",
        )
    body, media_type = made
    response = HttpResponse(body, content_type=media_type)
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
