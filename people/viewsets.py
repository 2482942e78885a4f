"""People in the CMS: accounts, organizations, memberships. Writing goes through the services."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.edit import FormMixin
from wagtail.admin import messages
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.views.account import AccountView, NameEmailSettingsPanel
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.users.views import users as wagtail_users
from wagtail.users.views.bulk_actions import AssignRoleBulkAction, DeleteBulkAction, SetActiveStateBulkAction

from people import services
from people.access import may_manage_account
from people.errors import PeopleError
from people.forms import AccountForm, MembershipForm, OrganizationForm
from people.models import Membership, Organization


class KeptForeverPolicy(ModelPermissionPolicy):
    """Rights by model, with one exception: nobody deletes, not even an operator. What is over is ended."""

    def user_has_permission(self, user, action):
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return super().user_has_any_permission(user, set(actions) - {"delete"})


# --- Accounts ---------------------------------------------------------------------------------------------------------


class AdminAccountView(AccountView):
    """The CMS's own settings of a person, without the panel that asks for a first and a last name."""

    def get_panels(self):
        return [panel for panel in super().get_panels() if not isinstance(panel, NameEmailSettingsPanel)]


class AccountIndexView(wagtail_users.IndexView):
    """Everybody who can sign in."""

    page_title = gettext_lazy("Accounts")
    add_item_label = gettext_lazy("Add an account")
    template_name = "wagtailadmin/generic/index.html"

    @cached_property
    def columns(self):
        return [
            self._get_title_column_class(wagtail_users.UserColumn)(
                "name",
                accessor=lambda person: person.get_full_name(),
                label=gettext_lazy("Name"),
                sort_key="printed_name",
                get_url=self.get_edit_url,
                classname="name",
            ),
            Column("email", label=gettext_lazy("E-mail address"), sort_key="email"),
            Column(
                "roles",
                accessor=lambda person: ", ".join(
                    sorted({str(m.get_role_display()) for m in person.current_memberships})
                ),
                label=gettext_lazy("Roles"),
            ),
            BooleanColumn("is_active", label=gettext_lazy("Active"), sort_key="is_active"),
            DateColumn("last_login", label=gettext_lazy("Last login"), sort_key="last_login"),
        ]

    @cached_property
    def search_fields(self):
        return {"email", "printed_name"}

    def get_base_queryset(self):
        return super().get_base_queryset().with_current_memberships()

    def order_queryset(self, queryset):
        return super(wagtail_users.IndexView, self).order_queryset(queryset)

    def get_edit_url(self, instance):
        return super().get_edit_url(instance) if may_manage_account(self.request.user, instance) else None

    def get_delete_url(self, instance):
        return None


class ActorFormMixin(FormMixin):
    """Tells the form who is asking."""

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        kwargs.pop("editing_self", None)
        return kwargs | {"actor": self.request.user}  # type: ignore[attr-defined]  # a view has one


class AccountCreateView(ActorFormMixin, wagtail_users.CreateView):
    """A new account without a password: its owner asks for a code with "Forgot your password?"."""

    page_title = gettext_lazy("Add an account")
    template_name = "wagtailadmin/generic/create.html"

    def save_instance(self):
        self.form.instance.set_unusable_password()
        return super().save_instance()


class AccountEditView(ActorFormMixin, wagtail_users.EditView):
    """Change an account. A new address goes through the service, so that the old one opens the account no longer."""

    template_name = "wagtailadmin/generic/edit.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.can_delete = False

    def dispatch(self, request, *args, **kwargs):
        if not may_manage_account(request.user, self.object):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def save_instance(self):
        person = super().save_instance()
        if "email" in self.form.changed_data:
            services.change_email(person, person.email)
        return person


class AccountDeleteView(wagtail_users.DeleteView):
    """Accounts are closed (not active), never deleted here: records of learning hang on them."""

    def dispatch(self, request, *args, **kwargs):
        raise PermissionDenied


class AccountViewSet(wagtail_users.UserViewSet):
    """Wagtail's users section, for accounts with an address and one printed name."""

    menu_label = gettext_lazy("Accounts")
    index_view_class = AccountIndexView
    add_view_class = AccountCreateView
    edit_view_class = AccountEditView
    delete_view_class = AccountDeleteView
    template_prefix = ""
    copy_view_enabled = False

    def get_form_class(self, for_update=False):
        return AccountForm


class NoGroupByHand(AssignRoleBulkAction):
    """Takes the place of Wagtail's: groups follow from memberships, for everyone."""

    def check_perm(self, obj):
        return False


class NoDeleteByHand(DeleteBulkAction):
    """Takes the place of Wagtail's: accounts are closed, not deleted."""

    def check_perm(self, obj):
        return False


class SetActiveByThoseWhoMay(SetActiveStateBulkAction):
    """Takes the place of Wagtail's: it let anyone who may change people lock an operator out."""

    def check_perm(self, obj):
        return super().check_perm(obj) and may_manage_account(self.request.user, obj)


# --- Organizations and memberships ------------------------------------------------------------------------------------


class OrganizationViewSet(ModelViewSet):
    """Programs, providers, employers, boards."""

    model = Organization
    icon = "group"
    menu_label = gettext_lazy("Organizations")
    list_display = ["name", "kind", "website"]
    list_filter = ["kind"]
    search_fields = ["name"]
    copy_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update=False):
        return OrganizationForm


class MembershipIndexView(generic.IndexView):
    """Who holds which role where; what is over stays in the list."""

    add_item_label = gettext_lazy("Give a role")

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("person", "organization", "granted_by")

    def get_edit_url(self, instance):
        return super().get_edit_url(instance) if instance.ended_at is None else None


class GrantView(generic.CreateView):
    """Give a role through the service."""

    page_title = gettext_lazy("Give a role")
    submit_button_label = gettext_lazy("Give this role")
    success_message = gettext_lazy("Done: %(object)s.")

    def save_instance(self):
        return services.grant_role(
            self.form.person,
            self.form.cleaned_data["role"],
            self.form.cleaned_data["organization"],
            actor=self.request.user,
        )

    def form_valid(self, form):
        self.form = form
        try:
            return super().form_valid(form)
        except PeopleError as error:
            form.add_error("organization", str(error))
            self.produced_error_code = "validation_error"
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)


class EndView(generic.DeleteView):
    """End a role through the service, after asking once in words. Nothing is deleted."""

    page_title = gettext_lazy("End a role")
    permission_required = "change"
    template_name = "people/membership_end.html"

    def dispatch(self, request, *args, **kwargs):
        if self.object.ended_at is not None:
            messages.warning(request, _("This role has ended already."))
            return redirect(self.index_url_name)
        return super().dispatch(request, *args, **kwargs)

    def get_usage_url(self):
        return None

    def get_delete_url(self):
        return reverse(self.edit_url_name, args=(self.object.pk,))

    def get_success_message(self):
        return _("Ended: %(membership)s.") % {"membership": self.object}

    def delete_action(self):
        services.end_role(self.object, actor=self.request.user)


class MembershipViewSet(ModelViewSet):
    """Roles: given and ended, not edited."""

    model = Membership
    icon = "key"
    menu_label = gettext_lazy("Roles")
    index_view_class = MembershipIndexView
    add_view_class = GrantView
    list_display = ["person", "role", "organization", "started_at", "ended_at", "granted_by"]
    list_filter = ["role", "organization"]
    search_fields = ["person__email", "person__printed_name", "organization__name"]
    ordering = "-started_at"
    copy_view_enabled = False
    add_to_reference_index = False

    def get_form_class(self, for_update=False):
        return MembershipForm

    @property
    def edit_view(self):
        """What opens from the list: not a form to edit, the question whether to end the role."""
        return self.construct_view(EndView, template_name=EndView.template_name)


class PeopleViewSetGroup(ModelViewSetGroup):
    """The menu of program administrators."""

    menu_label = gettext_lazy("People")
    menu_icon = "group"
    menu_order = 500
    items = (OrganizationViewSet, MembershipViewSet)
