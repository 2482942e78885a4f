"""Registers the desk of quizzes with Wagtail; no logic."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from quizzes.file_views import ItemFilesViewSet
from quizzes.viewsets import ItemChooserViewSet, QuizzesViewSetGroup
from quizzes.viewsets.marking import MarkingViewSet
from quizzes.viewsets.regrading import RegradingViewSet


class QuizzesDesk(QuizzesViewSetGroup):
    """The menu of quizzes, with the files of items."""

    items = (
        MarkingViewSet("marking", url_prefix="marking"),
        *QuizzesViewSetGroup.items,
        ItemFilesViewSet("item_files", url_prefix="item-files"),
    )


@hooks.register("register_admin_viewset")
def register_quizzes():
    return QuizzesDesk()


@hooks.register("register_admin_viewset")
def register_regrading():
    return RegradingViewSet("regrading", url_prefix="regrading")


@hooks.register("register_admin_viewset")
def register_item_chooser():
    return ItemChooserViewSet("item_chooser")


@hooks.register("register_log_actions")
def register_quizzes_log_actions(actions):
    actions.register_action("quizzes.import", _("Bring in a file"), _("Brought in from a file"))
