"""Find what a lost doorbell left: completions without credit, credits without certificate, mails unsent."""

from django.core.management.base import BaseCommand

from certificates import services, tasks


class Command(BaseCommand):
    help = "Credit, issue, reverse and mail what was missed. Safe to run at any time, as often as you like."

    def handle(self, *args, **options):
        credited = [services.credit_completion(pk) for pk in _ids(services.completions_without_credit())]
        reversed_ = [services.reverse_credit(pk) for pk in _ids(services.reversed_but_credited())]
        tried = [services.issue_if_ready(pk) for pk in _ids(services.completions_without_certificate())]
        issued = [certificate for certificate in tried if certificate]
        mails = list(services.unsent_mails().values_list("certificate_id", flat=True))
        for certificate_id in mails:
            tasks.mail_certificate.enqueue(certificate_id)
        self.stdout.write(
            f"credited {len(credited)}, reversed {len(reversed_)}, issued {len(issued)}, "
            f"waiting {len(tried) - len(issued)}, mails {len(mails)}"
        )


def _ids(completions):
    return list(completions.values_list("pk", flat=True))
