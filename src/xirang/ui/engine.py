"""What the floor of pages says of itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xirang.foundation.addresses import Urls
from xirang.foundation.engines import Engine

ENGINE = Engine("ui", _("页面"), (Urls("xirang.ui.urls"),))
