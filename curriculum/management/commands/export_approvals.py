"""Write the published provider approvals as CSV, in the form that import_approvals reads."""

from typing import Any

from django.core.management.base import BaseCommand

from curriculum.approval_imports import export_approvals
from curriculum.models import ProviderApproval


class Command(BaseCommand):
    help = "Write the published provider approvals as CSV, in the form that import_approvals reads."

    def handle(self, *args: Any, **options: Any) -> None:
        approvals = ProviderApproval.objects.in_effect().select_related("authority")
        self.stdout.write(export_approvals(approvals), ending="")
