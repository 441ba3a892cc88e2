from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class AccessConfig(AppConfig):
    name = "casetracker.access"
    label = "access"

    def ready(self) -> None:
        # it registers itself; models can be imported only from now on
        import_module("casetracker.access.actions.grant_approval")
        # the one signal of our own (design.md §5): what the database refuses by itself is put back after migrations
        triggers = import_module("casetracker.access.triggers")
        pre_migrate.connect(triggers.before_migrations, sender=self)
        post_migrate.connect(triggers.after_migrations, sender=self)
