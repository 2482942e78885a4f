"""Registers the desk of quizzes with Wagtail; no logic."""

from wagtail import hooks

from quizzes.viewsets import ItemChooserViewSet, QuizzesViewSetGroup


@hooks.register("register_admin_viewset")
def register_quizzes():
    return QuizzesViewSetGroup()


@hooks.register("register_admin_viewset")
def register_item_chooser():
    return ItemChooserViewSet("item_chooser")
