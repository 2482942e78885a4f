"""The sidebar of the desk, packed once for all who see the same.

Every page of the desk carries it as data for its script, and packing that was a third of what a page cost. It is packed
anew only where something in it differs: the menus that this person may see, her name, the language.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as of_wagtail
from wagtail.admin.menu import admin_menu
from wagtail.admin.search import admin_search_areas
from wagtail.admin.telepath import JSContext
from wagtail.admin.templatetags.wagtailadmin_tags import register
from wagtail.admin.ui import sidebar


@dataclass(frozen=True)
class _Sidebar:
    """The parts of a sidebar, known by all that they say."""

    said: str
    modules: Sequence[Any] = field(compare=False, repr=False)


@register.simple_tag(takes_context=True)
def sidebar_props(context) -> SafeString:
    """Takes the place of Wagtail's tag of this name and says the same, to the letter."""
    request = context["request"]
    areas = admin_search_areas.search_items_for_request(request)
    account = [
        sidebar.LinkMenuItem("account", of_wagtail("Account"), reverse("wagtailadmin_account"), icon_name="user"),
        sidebar.ActionMenuItem("logout", of_wagtail("Log out"), reverse("wagtailadmin_logout"), icon_name="logout"),
    ]
    modules = [
        sidebar.WagtailBrandingModule(),
        *([sidebar.SearchModule(areas[0])] if areas else []),
        sidebar.MainMenuModule(admin_menu.render_component(request), account, request.user),
    ]
    return _packed(_Sidebar(json.dumps(modules, default=_said), modules))


def _said(part: Any) -> Any:
    """What a part says: words as they read in the language of now, anything else by its kind and what it holds."""
    return str(part) if isinstance(part, Promise) else [type(part).__qualname__, part.js_args()]


@lru_cache(maxsize=256)
def _packed(parts: _Sidebar) -> SafeString:
    return json_script({"modules": JSContext().pack(parts.modules)}, element_id="wagtail-sidebar-props")
