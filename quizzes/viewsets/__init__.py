"""The desk of those who write quizzes: banks, items, quizzes with their results; attempts to read, and to void."""

from django.utils.translation import gettext_lazy
from wagtail.admin.viewsets.base import ViewSetGroup

from quizzes.viewsets.items import ItemBankViewSet, ItemChooserViewSet, ItemViewSet
from quizzes.viewsets.quizzes import AccommodationViewSet, AttemptViewSet, QuizViewSet

__all__ = ["ItemChooserViewSet", "QuizzesViewSetGroup"]


class QuizzesViewSetGroup(ViewSetGroup):
    """The menu of quizzes."""

    menu_label = gettext_lazy("Quizzes")
    menu_icon = "clipboard-list"
    menu_order = 250
    items = (
        QuizViewSet("quizzes_admin", url_prefix="quizzes"),
        ItemViewSet("quiz-items"),
        ItemBankViewSet("item-banks"),
        AttemptViewSet("attempts"),
        AccommodationViewSet("accommodations"),
    )
