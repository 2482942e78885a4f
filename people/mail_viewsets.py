"""The outbox in the CMS: what was sent, what waits, what was given up; read, and retried by a named person."""

from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.menus import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy

from people import services
from people.letters import name_of
from people.models import OutboxMail


class OutboxPolicy(ModelPermissionPolicy):
    """Read by those who may; `change` is the one act, to have a mail sent again."""

    def user_has_permission(self, user, action):
        if action == "change":
            return user.is_active and user.has_perm("people.retry_mail")
        return action == "view" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)


def state_in_words(mail: OutboxMail) -> str:
    """What became of it."""
    if mail.sent_at:
        return _("sent")
    if mail.given_up_at:
        return _("given up")
    return _("will be tried again") if mail.attempts else _("waiting")


def can_be_retried(mail: OutboxMail) -> bool:
    """Whether there is anything to try."""
    return mail.sent_at is None and mail.attempts > 0 and mail.problem != OutboxMail.Problem.NO_REASON


def next_try(mail: OutboxMail):
    """When it will be tried again; nothing where it will not."""
    return mail.due_at if mail.sent_at is None and mail.given_up_at is None else None


class OutboxIndexView(generic.IndexView):
    """What needs a person first: given up, then waiting, then sent."""

    page_title = gettext_lazy("Mails")

    def get_base_queryset(self):
        needs_somebody = Case(When(given_up_at__isnull=False, then=0), When(sent_at=None, then=1), default=2)
        return super().get_base_queryset().select_related("recipient").annotate(rank=needs_somebody)

    def get_edit_url(self, instance):
        return None

    def get_delete_url(self, instance):
        return None

    def get_copy_url(self, instance):
        return None

    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if can_be_retried(instance) and self.user_has_permission("change"):
            url = reverse(self.edit_url_name, args=[instance.pk])
            buttons.append(MenuItem(_("Send again"), url=url, icon_name="mail", priority=20))
        return buttons


class RetryView(generic.DeleteView):
    """Have a mail sent again, after asking once in words. Nothing is deleted."""

    page_title = gettext_lazy("Send a mail again")
    permission_required = "change"
    template_name = "people/mail_retry.html"

    def dispatch(self, request, *args, **kwargs):
        if not can_be_retried(self.object):
            messages.warning(request, _("This mail was sent already, or there is nobody to tell. Nothing was done."))
            return redirect(self.index_url_name)
        return super().dispatch(request, *args, **kwargs)

    def get_usage_url(self):
        return None

    def get_delete_url(self):
        return reverse(self.edit_url_name, args=(self.object.pk,))

    def get_context_data(self, **kwargs):
        return super().get_context_data(kind=name_of(self.object.kind), state=state_in_words(self.object), **kwargs)

    def get_success_message(self):
        return _("The mail is on its way again. This list says what became of it.")

    def delete_action(self):
        if services.retry_mail(self.object.pk):
            log(instance=self.object, action="people.retry_mail")


class NeverView(generic.DeleteView):
    """No mail is deleted, whoever asks."""

    def dispatch(self, request, *args, **kwargs):
        raise PermissionDenied


class OutboxViewSet(ModelViewSet):
    """The outbox: read, and retried."""

    model = OutboxMail
    icon = "mail"
    menu_label = gettext_lazy("Mails")
    index_view_class = OutboxIndexView
    delete_view_class = NeverView
    permission_policy = OutboxPolicy(OutboxMail)
    list_display = [
        "recipient",
        Column("kind", label=gettext_lazy("Mail"), accessor=lambda mail: name_of(mail.kind)),
        Column("state", label=gettext_lazy("State"), accessor=state_in_words),
        Column("problem", label=gettext_lazy("Problem"), accessor=lambda mail: mail.get_problem_display()),
        Column("attempts", label=gettext_lazy("Tries")),
        DateColumn("posted_at", label=gettext_lazy("Written"), sort_key="posted_at"),
        DateColumn("due_at", label=gettext_lazy("Next try"), accessor=next_try),
        DateColumn("sent_at", label=gettext_lazy("Sent"), sort_key="sent_at"),
    ]
    list_filter = ["kind", "problem", "language"]
    search_fields = ["recipient__email", "recipient__printed_name"]
    ordering = ["rank", "-posted_at", "-pk"]
    copy_view_enabled = False
    add_to_reference_index = False
    form_fields = ["kind"]

    @property
    def edit_view(self):
        """What opens from the list: not a form, the question whether to send it again."""
        return self.construct_view(RetryView, template_name=RetryView.template_name)
