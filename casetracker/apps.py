from django.apps import AppConfig

from casetracker.checks import add_checks


class CasetrackerConfig(AppConfig):
    name = "casetracker"

    def ready(self) -> None:
        add_checks()
