from importlib import import_module

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "rounds"

    def ready(self) -> None:
        # it registers itself; models can be imported only from now on
        import_module("rounds.containers")
        import_module("rounds.two_persons")
