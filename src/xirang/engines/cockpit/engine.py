"""What the cockpit says of itself: the overview in the menu of those who may see it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xirang.engines.cockpit.pages import entries
from xirang.foundation.addresses import Urls
from xirang.foundation.engines import Engine
from xirang.ui.shell import Menu

ENGINE = Engine("cockpit", _("总览"), (Menu(entries), Urls("xirang.engines.cockpit.urls")))
