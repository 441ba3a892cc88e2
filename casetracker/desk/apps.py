from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "casetracker.desk"
    label = "desk"
