"""Attachments: who may see the case gets a short-lived address; the file itself is served without any cookie."""

from __future__ import annotations

import logging
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from xirang.engines.cases import policy, queries
from xirang.engines.cases.models import Attachment
from xirang.engines.cases.pages.portal import requester
from xirang.foundation.errors import NotFoundError
from xirang.foundation.files import open_stored
from xirang.foundation.pages import Asked, anyone, page

log = logging.getLogger("xirang.errors")
SALT, SECONDS = "xirang.attachment", 300


@page(anyone)
@require_GET
def attachment(request: Asked, case_id: UUID, attachment_id: UUID) -> HttpResponse:
    """Check who asks, then send the browser to the signed address."""
    actor = requester(request, case_id)
    case = queries.get_case(actor=actor, case_id=case_id)
    process = queries.process_of_case(case)
    internal = policy.sees_internal(policy.relations_to(actor, case), process)
    found = queries.get_attachment(actor=actor, case_id=case_id, attachment_id=attachment_id, internal=internal)
    token = signing.dumps(str(found.pk), salt=SALT, compress=False)
    response = HttpResponseRedirect(reverse("cases:file", args=[token, found.name]))
    response["Cache-Control"] = "no-store"
    return response


@page(anyone)
@require_safe
def content(request: Asked, token: str, name: str) -> FileResponse:
    """The bytes behind a signed address of five minutes; neither reads nor sets a cookie, and runs nothing."""
    try:
        attachment_id = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.BadSignature as error:
        raise NotFoundError(
            code="stale_file",
            zh="文件链接已过期，请回到办件页面重新打开。",
            en="This link to the file has expired; please open it again from the case.",
        ) from error
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None:
        raise NotFoundError()
    # A browser opens no PDF under the sandbox below; it is saved and opened by the reader's own program.
    inline = found.content_type.startswith("image/")
    try:
        stream = open_stored(settings.FILES_ROOT, found.sha256)
    except FileNotFoundError as error:
        # The database was restored without its files, or a disk was lost: the operator must learn of it.
        log.error("attachment %s is missing below FILES_ROOT", found.pk)
        raise NotFoundError(
            code="file_missing",
            zh="这个附件暂时取不到，我们已留下记录。",
            en="This file cannot be fetched; it is noted.",
        ) from error
    response = FileResponse(stream, content_type=found.content_type)
    response["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(found.name)}"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=300"
    vars(response)["_csp_exempt"] = True  # The stricter policy above stands instead of the site's.
    return response
