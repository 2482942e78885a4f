"""A certificate's name may be erased, once, and nothing else of it may change; how long it stays says its issuer.

The trigger of 0002 on certificates lets exactly that one UPDATE through, told by comparing whole rows: a column that a
later migration adds is frozen like the others (on SQLite, once that migration has called `let_a_name_be_erased` again).
"""

from importlib import import_module

import django.core.validators
from django.conf import settings
from django.db import migrations, models

history = import_module("certificates.migrations.0002_refuse_rewriting_history")
TABLE, TRIGGER = "certificates_certificate", "certificates_certificate_refuse_update"
ERASABLE = ("recipient_name", "name_erased_at")
IS_ERASURE = (
    "OLD.recipient_name <> '' AND NEW.recipient_name = '' "
    "AND OLD.name_erased_at IS NULL AND NEW.name_erased_at IS NOT NULL"
)


def statements_to_let_a_name_be_erased(connection):
    """Return the SQL that puts the trigger with its one exception in the place of the strict one."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            columns = [column.name for column in connection.introspection.get_table_description(cursor, TABLE)]
        rest = " AND ".join(f"NEW.{name} IS OLD.{name}" for name in columns if name not in ERASABLE)
        return [
            f"DROP TRIGGER IF EXISTS {TRIGGER}",
            f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON {TABLE} WHEN NOT ({IS_ERASURE} AND {rest}) "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE} {history.MESSAGE}'); END",
        ]
    erasable = "ARRAY[" + ", ".join(f"'{name}'" for name in ERASABLE) + "]"
    rest = f"to_jsonb(NEW) - {erasable} = to_jsonb(OLD) - {erasable}"
    return [
        f"DROP TRIGGER IF EXISTS {TRIGGER} ON {TABLE}",
        f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN (NOT ({IS_ERASURE} AND {rest})) "
        "EXECUTE FUNCTION certificates_refuse()",
    ]


def let_a_name_be_erased(apps, schema_editor):
    for statement in statements_to_let_a_name_be_erased(schema_editor.connection):
        schema_editor.execute(statement, params=None)  # a % in it is no placeholder


def make_triggers_again(apps, schema_editor):
    history.drop(apps, schema_editor)
    history.create(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0020_mails_in_the_outbox'),
        ('courses', '0001_initial'),
        ('people', '0021_a_person_may_be_erased'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Backward: the strict triggers come back after the tables were remade.
        migrations.RunPython(migrations.RunPython.noop, make_triggers_again),
        migrations.AddField(
            model_name='certificate',
            name='name_erased_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='issuer',
            name='erasure_policy',
            field=models.CharField(choices=[('keep_name', 'stays until the years of retention are over'), ('at_once', 'goes at once')], default='keep_name', max_length=10, verbose_name='name on certificates, when the data of their holder are erased'),
        ),
        migrations.AddField(
            model_name='issuer',
            name='retention_years',
            field=models.PositiveSmallIntegerField(default=7, help_text='From the day of issue. Your approving body says how many it must be; seven is usual.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='years of retention'),
        ),
        migrations.AlterField(
            model_name='certificate',
            name='recipient_name',
            field=models.CharField(blank=True, help_text='Empty: erased.', max_length=120),
        ),
        migrations.AddConstraint(
            model_name='certificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name_erased_at', None), models.Q(('recipient_name', ''), _negated=True)), models.Q(('name_erased_at__isnull', False), ('recipient_name', '')), _connector='OR'), name='certificate_name_or_its_erasure'),
        ),
        migrations.AddConstraint(
            model_name='issuer',
            constraint=models.CheckConstraint(condition=models.Q(('retention_years__gte', 1), ('retention_years__lte', 100)), name='issuer_retention_in_years'),
        ),
        migrations.AddConstraint(
            model_name='issuer',
            constraint=models.CheckConstraint(condition=models.Q(('erasure_policy__in', ['keep_name', 'at_once'])), name='issuer_erasure_policy_known'),
        ),
        migrations.RunPython(make_triggers_again, history.drop),
        migrations.RunPython(let_a_name_be_erased, migrations.RunPython.noop),
    ]
