from importlib import import_module

from django.apps import AppConfig
from django.urls import register_converter

from cases.reference import ReferenceConverter


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        register_converter(ReferenceConverter, "reference")
        # they register themselves; models can be imported only from now on
        import_module("cases.two_persons")
