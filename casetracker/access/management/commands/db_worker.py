"""The task worker: it writes imports, so it starts under the same conditions as the web process."""

from typing import Any

from django_tasks_db.management.commands.db_worker import Command as Worker

from casetracker.starting import refuse_unless_ready


class Command(Worker):
    """`manage.py db_worker`, refused in production while a deployment check fails."""

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unless_ready()
        super().handle(*args, **options)
